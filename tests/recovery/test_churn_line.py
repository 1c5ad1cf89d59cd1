"""The line lies where leaving truly crosses what is acceptable, on whatever scale (C1)."""

import numpy as np
import pytest
from scipy.special import expit, logit

from python_models.policy.churn_line import ChurnLine

SEEDS = range(4)
MARGIN = 0.05


def _sessions(seed: int, slope: float, n_each: int = 100):
    """Interviewers of known quality, estimated with error; covariates that go with quality."""
    rng = np.random.default_rng(seed)
    n_interviewers = 500
    quality = rng.normal(3.6, 0.25, n_interviewers)
    se = 0.12
    share = 0.25**2 / (0.25**2 + se**2)
    known = 3.6 + share * (quality - 3.6 + rng.normal(0, se, n_interviewers))
    who = np.repeat(np.arange(n_interviewers), n_each)
    # Harder sessions fall to the better half: raw leaving hides part of what quality does.
    covariate = rng.normal(0, 0.5, len(who)) + 0.4 * (quality[who] - 3.6)
    base = logit(0.22) + covariate
    left = (rng.random(len(who)) < expit(base - slope * (quality[who] - 3.6))).astype(float)
    past = known[who] + rng.normal(0, 0.02, len(who))
    return past, left, expit(base), who, quality


def _fit(seed: int, slope: float, transform=lambda q: q) -> ChurnLine:
    past, left, expected, who, _ = _sessions(seed, slope)
    line = ChurnLine(margin=MARGIN, n_bootstrap=100)
    return line.fit(transform(past), left, expected=expected, interviewer=who)


def _true_line(slope: float) -> float:
    """Quality at which a platform of average sessions loses the margin more than it does."""
    rng = np.random.default_rng(99)
    quality = rng.normal(3.6, 0.25, 200_000)
    base = logit(0.22) + rng.normal(0, 0.5, len(quality)) + 0.4 * (quality - 3.6)
    rate = expit(base - slope * (quality - 3.6)).mean()
    grid = np.linspace(2.8, 3.8, 401)
    standard = expit(base[:20_000, None] - slope * (grid[None, :] - 3.6)).mean(axis=0)
    ratio = standard / expit(base[:20_000]).mean()
    return float(np.interp(-(rate + MARGIN), -(ratio * rate), grid))


def test_the_line_is_found_with_its_interval() -> None:
    truth = _true_line(1.2)
    lines = [_fit(seed, 1.2) for seed in SEEDS]
    error = np.array([line.line_ - truth for line in lines])
    assert abs(error.mean()) < 0.04, error
    width = np.mean([line.line_high_ - line.line_low_ for line in lines])
    assert 0.02 < width < 0.4
    assert sum(line.line_low_ - 0.02 <= truth <= line.line_high_ + 0.02 for line in lines) >= 3


def test_resamples_without_a_crossing_lower_the_interval() -> None:
    """In 7 to 8 % of them even the worst lose no more than is acceptable: the line lies lower."""
    for seed, slope in ((2, 0.7), (3, 0.9)):
        past, left, expected, who, _ = _sessions(seed, slope, n_each=30)
        line = ChurnLine(margin=MARGIN, n_bootstrap=100)
        line.fit(past, left, expected=expected, interviewer=who)
        worst = np.sort(past)[: len(past) // line.n_bins].mean()
        assert line.line_low_ == pytest.approx(worst, abs=1e-3)
        assert worst < line.line_ < line.line_high_


@pytest.mark.parametrize("seed", SEEDS)
def test_where_quality_does_nothing_there_is_no_line(seed: int) -> None:
    line = _fit(seed, 0.0)
    assert np.isnan(line.line_)
    assert any("no line" in warning for warning in line.warnings_)


def test_another_scale_moves_the_line_along() -> None:
    """Ratings .3 higher on a wider scale, leaving as it was: the same people are below it."""
    before = _fit(0, 1.2)
    after = _fit(0, 1.2, lambda quality: 0.3 + quality)
    past = _sessions(0, 1.2)[0]
    assert after.line_ == pytest.approx(before.line_ + 0.3, abs=1e-6)
    is_below = past < before.line_
    assert ((0.3 + past < after.line_) != is_below).mean() < 0.01
    assert 0.02 < is_below.mean() < 0.4


def test_too_few_sessions_say_so() -> None:
    past, left, expected, who, _ = _sessions(0, 1.2, n_each=2)
    line = ChurnLine().fit(past, left, expected=expected, interviewer=who)
    assert np.isnan(line.line_)
    assert "fewer than" in line.warnings_[0]
