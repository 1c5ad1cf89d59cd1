"""The standing policy keeps its error budget, beside raw means on the same years (C2, C3)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from python_models.fitted_table import FittedTable
from python_models.policy.error_budget import ErrorBudget, fit_error_budget
from python_models.policy.interviewer_years import (
    WEEKS,
    PlatformNumbers,
    draw_sessions,
    draw_years,
    evaluated,
)
from python_models.policy.standing_rule import Thresholds
from python_models.policy.threshold_search import search_thresholds
from python_models.policy.window_posterior import RatingScale

SEEDS = (31, 32, 33)
# What `fit_rating_components` finds on the world base (seed 1); the line lies where leaving is
# five points above the platform's rate there, .9 sd below the mean; rated sessions a week are
# those of its last year.
SCALE = RatingScale(3.586, 0.0316, 0.116, 0.00031, 0.00016)
BASE = PlatformNumbers(
    scale=SCALE,
    raw_noise_variance=0.243,
    line=3.586 - 0.9 * np.sqrt(0.0316),
    weekly_rated=(0.06, 0.19, 0.44, 0.90, 2.6),
)
MOST_FALSE_PAUSES = 0.01


def panel() -> pd.DataFrame:
    rows = {**vars(SCALE), "raw_noise_variance": BASE.raw_noise_variance, "line": BASE.line}
    names = ("p05", "p25", "p50", "p75", "p95")
    volumes = {f"weekly_rated_{n}": v for n, v in zip(names, BASE.weekly_rated, strict=True)}
    return pd.DataFrame([rows | volumes])


@pytest.fixture(scope="module")
def fits() -> list[FittedTable]:
    return [
        fit_error_budget(panel(), n_years=8_000, way_back_years=1_500, random_state=seed)
        for seed in SEEDS
    ]


def figures(fits: list[FittedTable], measure: str, rule: str, level: str) -> pd.DataFrame:
    """Estimates and interval ends, one row per seed."""
    tables = [fit.table.set_index(["measure", "rule", "level"]) for fit in fits]
    return pd.DataFrame([table.loc[(measure, rule, level)] for table in tables])


def test_false_pauses_stay_within_the_budget(fits: list[FittedTable]) -> None:
    false_pauses = figures(fits, "paused_share", "ours", "good")
    assert (false_pauses["estimate_high"] <= MOST_FALSE_PAUSES).all(), false_pauses
    assert all(fit.diagnostics["is_met"] for fit in fits)
    # Raw means against the line itself would pause a good interviewer in six within the year.
    assert (figures(fits, "paused_share", "naive", "good")["estimate_low"] > 0.10).all()


@pytest.mark.parametrize("naive", ["naive_matched", "naive_matched_late"])
def test_more_of_the_truly_bad_are_caught_than_by_raw_means(
    fits: list[FittedTable], naive: str
) -> None:
    pauses = [figures(fits, "paused_share", rule, "good")["estimate"] for rule in ("ours", naive)]
    assert pauses[0].to_numpy() == pytest.approx(pauses[1].to_numpy(), abs=1e-9)
    gain = figures(fits, "paused_gain", f"ours_less_{naive}", "truly_bad")
    assert (gain["estimate_low"] > 0).all(), gain


def test_most_of_the_truly_bad_are_warned_and_few_of_the_good(fits: list[FittedTable]) -> None:
    assert (figures(fits, "warned_share", "ours", "truly_bad")["estimate_low"] > 0.7).all()
    assert (figures(fits, "warned_share", "ours", "good")["estimate_high"] < 0.03).all()


@pytest.mark.parametrize("above", ["0.5", "1"])
def test_a_stated_way_back_comes_true(fits: list[FittedTable], above: str) -> None:
    left = figures(fits, "way_back_left_share", "ours", above)["estimate"]
    assert 0.75 <= left.mean() <= 0.85, left


def test_probabilities_of_being_below_the_line_come_true() -> None:
    rng = np.random.default_rng(34)
    sessions = draw_sessions(BASE, 20_000, 104, rng)
    years = evaluated(BASE, sessions, 30, 0.5)
    has_news = years.n_rated[:, -1] > years.n_rated[:, -2]
    prob = years.below_prob[has_news, -1]
    is_below = sessions.quality[has_news, -1] < BASE.line
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        is_in = (prob >= low) & (prob < high)
        gap = is_below[is_in].mean() - prob[is_in].mean()
        assert abs(gap) < 3 * 0.5 / np.sqrt(is_in.sum()) + 0.02, (low, gap)


def test_drawn_people_are_those_of_the_platform() -> None:
    sessions = draw_sessions(BASE, 10_000, 52, np.random.default_rng(35))
    sd = np.sqrt(SCALE.between_variance)
    for week in (0, 52, -1):
        assert sessions.quality[:, week].mean() == pytest.approx(SCALE.mean, abs=4 * sd / 100)
        assert sessions.quality[:, week].std() == pytest.approx(sd, rel=0.03)
    moved = np.diff(sessions.quality, axis=1).var()
    assert moved == pytest.approx(SCALE.drift_variance, rel=0.03)
    held = (sessions.ends[:, -1] - sessions.ends[:, -1 - WEEKS]) / WEEKS
    assert np.quantile(held, [0.25, 0.5, 0.75]) == pytest.approx(BASE.weekly_rated[1:4], rel=0.08)


def test_the_search_finds_the_cost_of_haste() -> None:
    rng = np.random.default_rng(36)
    years = draw_years(BASE, 8_000, history_weeks=104, lookback=30, bad_distance=0.5, rng=rng)
    hasty = Thresholds(
        min_new_rated=1,
        warn_evaluations=1,
        visible_days=0.0,
        pause_prob=0.5,
        pause_evaluations=1,
        pause_min_rated_since_warning=1,
    )
    found = search_thresholds(years, [Thresholds(), hasty])
    assert found["meets_budget"].tolist() == [True, False]
    assert found["false_pauses"].is_monotonic_increasing
    assert found["caught"].is_monotonic_increasing


def test_an_estimator_of_the_same_seed_finds_the_same() -> None:
    settings = {"n_years": 2_000, "way_back_years": 200, "random_state": 1}
    tables = [ErrorBudget(**settings).fit(BASE).rows_ for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize(("drift", "below"), [(0.0, 0.9), (SCALE.drift_variance, 0.5)])
def test_the_budget_holds_where_nobody_moves_and_where_the_line_is_high(
    drift: float, below: float
) -> None:
    # Both put more good people close to the line, and for longer.
    scale = replace(SCALE, drift_variance=drift, sure_drift_variance=drift / 2)
    line = scale.mean - below * np.sqrt(scale.between_variance)
    platform = replace(BASE, scale=scale, line=line)
    rng = np.random.default_rng(37)
    years = draw_years(platform, 20_000, history_weeks=104, lookback=30, bad_distance=0.5, rng=rng)
    found = search_thresholds(years, [Thresholds()], most_false_pauses=MOST_FALSE_PAUSES)
    assert found["meets_budget"].all(), found.T
