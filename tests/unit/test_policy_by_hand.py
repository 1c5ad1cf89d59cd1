"""The parts of the policy's simulation, by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from python_models.policy.budget_panel import REQUIRED
from python_models.policy.budget_rows import mean, median, share
from python_models.policy.error_budget import fit_error_budget
from python_models.policy.interviewer_years import WEEKS, InterviewerYears
from python_models.policy.policy_runs import naive_line, run_naive, run_rule
from python_models.policy.standing_rule import Thresholds
from python_models.policy.way_back import Windows, sessions_to_leave
from python_models.policy.window_posterior import (
    RatingScale,
    below_prob,
    needed_mean,
    window_weights,
)

STILL = RatingScale(3.5, 0.04, 0.12, 0.0, 0.0)
MOVING = RatingScale(3.5, 0.04, 0.12, 0.0004, 0.0003)
LINE = 3.3


def test_without_drift_a_window_is_its_plain_mean() -> None:
    ages = np.array([[0.0, 1.0, 7.0, 99.0]])
    window = window_weights(ages, np.array([[True, True, True, False]]), STILL)
    assert window.weights[0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert window.error_variance[0] == pytest.approx(0.12 / 3)


def test_with_drift_older_sessions_weigh_less_and_leave_drift_unsure() -> None:
    # Two sessions, ten weeks apart: pace = min(sqrt(.0003·2/10/.12), 1/10) = .02236.
    window = window_weights(np.array([[0.0, 10.0]]), np.ones((1, 2), dtype=bool), MOVING)
    older = np.exp(-0.2236068)
    weights = np.array([1, older]) / (1 + older)
    assert window.weights[0] == pytest.approx(weights)
    expected = 0.12 * (weights**2).sum() + 0.0004 * weights[1] ** 2 * 10
    assert window.error_variance[0] == pytest.approx(expected)


def test_a_session_alone_has_all_the_weight() -> None:
    window = window_weights(np.zeros((1, 3)), np.array([[True, False, False]]), MOVING)
    assert window.weights[0].tolist() == [1, 0, 0]
    assert window.error_variance[0] == pytest.approx(0.12)


def test_the_probability_is_the_posteriors() -> None:
    # Nine sessions: shrinkage .04/(.04 + .12/9) = .75, posterior sd sqrt(.04·.25) = .1.
    error = np.array([0.12 / 9])
    found = below_prob(np.array([3.3]), error, 0.0, LINE, STILL)
    assert found[0] == pytest.approx(norm.cdf((LINE - (3.5 - 0.75 * 0.2)) / 0.1))
    # Idle weeks widen it, up to the prior.
    idle = below_prob(np.array([3.3]), error, np.array([50.0]), LINE, MOVING)
    assert idle[0] == pytest.approx(norm.cdf((LINE - 3.35) / np.sqrt(0.01 + 0.02)))
    forgotten = below_prob(np.array([3.3]), error, np.array([9e9]), LINE, MOVING)
    assert forgotten[0] == pytest.approx(norm.cdf((LINE - 3.35) / 0.2))


def test_the_needed_mean_has_the_probability() -> None:
    error = np.array([0.02, 0.005])
    for prob in (0.1, 0.4, 0.8):
        needed = needed_mean(error, LINE, prob, STILL)
        assert below_prob(needed, error, 0.0, LINE, STILL) == pytest.approx(prob)


def years(raw: list[float], prob: list[float], n_rated: list[int]) -> InterviewerYears:
    """One good year whose last figures stay as they are to its end."""
    rest = WEEKS - len(raw)
    return InterviewerYears(
        below_prob=np.array([prob + prob[-1:] * rest]),
        raw_mean=np.array([raw + raw[-1:] * rest]),
        n_rated=np.array([n_rated + n_rated[-1:] * rest]),
        is_good=np.array([True]),
        is_bad=np.array([False]),
    )


def test_the_naive_rule_warns_at_once_and_pauses_in_the_second_week() -> None:
    one = years([3.4, 3.2, 3.4, 3.2, 3.2, 3.2], [0.5] * 6, [4, 6, 7, 8, 8, 8])
    run = run_naive(one, LINE, min_rated=5, decision_weeks=0)
    assert (run.warned_week[0], run.paused_week[0], run.n_warnings[0]) == (2, 5, 2)
    late = run_naive(one, LINE, min_rated=5, decision_weeks=1)
    assert (late.warned_week[0], late.paused_week[0]) == (3, 6)
    # Four sessions have no mean yet.
    never = run_naive(one, LINE, min_rated=9, decision_weeks=0)
    assert np.isnan(never.warned_week[0])
    assert np.isnan(never.paused_week[0])


def test_the_naive_line_is_where_so_many_good_are_paused() -> None:
    rng = np.random.default_rng(2)
    many = InterviewerYears(
        below_prob=np.zeros((1000, WEEKS)),
        raw_mean=rng.normal(3.5, 0.1, (1000, WEEKS)),
        n_rated=np.full((1000, WEEKS), 20),
        is_good=np.arange(1000) < 800,
        is_bad=np.arange(1000) >= 900,
    )
    for wait in (0, 2):
        line = naive_line(many, 0.05, 5, wait)
        paused = run_naive(many, line, 5, wait).paused_week[many.is_good]
        assert np.isfinite(paused).sum() == 40


def test_our_rule_waits_for_evidence_visibility_and_the_person() -> None:
    # The score is visible from week 1 on, fourteen days in week 3; a person takes a week.
    n_rated = [8, 11, 14, 17, 20, 23, 26]
    run = run_rule(years([3.0] * 7, [0.9] * 7, n_rated), Thresholds(), decision_weeks=1)
    # Recommended in week 3, decided in 4; evaluations of 5 and 6 recommend a pause, decided in 7.
    assert (run.warned_week[0], run.paused_week[0], run.n_warnings[0]) == (4, 7, 1)


def test_nothing_is_promised_below_the_line_and_less_is_needed_further_above() -> None:
    windows = Windows(
        adjusted=np.full((1, 30), 3.25),
        ages=np.arange(30.0)[None, :] + 0.5,
        is_held=np.ones((1, 30), dtype=bool),
        weeks_per_session=np.array([1.0]),
    )
    found = [
        sessions_to_leave(windows, np.array([level]), LINE, STILL, Thresholds())
        for level in (3.0, 3.5, 3.7)
    ]
    n_sessions = [one.n_sessions[0] for one in found]
    assert np.isnan(n_sessions[0])
    assert Thresholds().min_new_rated <= n_sessions[2] < n_sessions[1] <= 30
    # Chances rise by steps: what is told has about the chance asked for.
    chances = [one.chance[0] for one in found]
    assert chances[0] < 0.1
    assert chances[1:] == pytest.approx([0.8, 0.8], abs=0.1)


def test_intervals() -> None:
    assert np.isnan(share(np.array([], dtype=bool), 0.9)).all()
    # Wilson: (.1 + z²/200 ± z·sqrt(.09/100 + z²/40000)) / (1 + z²/100) with z = 1.6449.
    found = share(np.arange(100) < 10, 0.9)
    assert found == pytest.approx((0.1, 0.0607, 0.1604), abs=1e-4)
    assert mean(np.array([0.0, 2.0]), 0.9) == pytest.approx((1.0, 1 - 1.645, 1 + 1.645), abs=1e-3)
    assert median(np.arange(1.0, 101.0), 0.9)[0] == 50.5
    assert np.isnan(median(np.array([]), 0.9)).all()


@pytest.mark.parametrize(("name", "value"), [("line", None), ("between_variance", 0.0)])
def test_without_a_line_or_differences_there_is_no_budget(name: str, value: float | None) -> None:
    panel = pd.DataFrame([dict.fromkeys(REQUIRED, 0.1) | {name: value}])
    fitted = fit_error_budget(panel)
    # The line alone is told: an older budget must not go on serving.
    assert fitted.table[["measure", "rule"]].to_numpy().tolist() == [["line", "ours"]]
    assert fitted.table["estimate"].isna().tolist() == [name == "line"]
    assert fitted.diagnostics == {"is_known": False}
    assert len(fitted.warnings) == 1
    assert fit_error_budget(panel.iloc[:0]).table["measure"].tolist() == ["line"]


def test_a_platform_has_one_row() -> None:
    panel = pd.DataFrame([dict.fromkeys(REQUIRED, 0.1)] * 2)
    with pytest.raises(ValueError, match="has 2 rows"):
        fit_error_budget(panel)
    with pytest.raises(ValueError, match="lacks the column"):
        fit_error_budget(panel.drop(columns="line"))
