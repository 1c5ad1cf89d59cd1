"""The look-back curve has its known shape, and tells reliability from drift."""

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from python_models.experience.lookback_curve import LookbackCurve, fit_lookback_curve
from python_models.experience.lookback_sums import (
    SUMS,
    autocorrelations,
    fit_persistence,
    stack_sums,
    sums_by_cluster,
)
from python_models.fitted_table import FittedTable
from python_models.simulation import WORLDS, simulate
from python_models.simulation.figures import (
    held_sessions,
    leaving_by_past_score,
    rated_sessions,
)
from python_models.simulation.world import FACTORS

SEEDS = (21, 22, 23)
LONGEST = 100
N_CLUSTERS = 100


def panel_of(ratings: pd.DataFrame, longest: int = LONGEST) -> pd.DataFrame:
    """Sums as the panel's SQL makes them, of (interviewer, rating) in order of time."""
    earlier = ratings.groupby("interviewer").cumcount()
    total = ratings.groupby("interviewer")["rating"].cumsum() - ratings["rating"]
    is_test = (earlier >= longest).to_numpy()
    frame = pd.DataFrame({"cluster": ratings["interviewer"] % N_CLUSTERS, "y": ratings["rating"]})
    sums = []
    for k in range(1, longest + 1):
        before = total.groupby(ratings["interviewer"]).shift(k)
        rows = frame.assign(x=(total - before) / k)[is_test]
        rows = rows.assign(n=1, xx=rows["x"] ** 2, yy=rows["y"] ** 2, xy=rows["x"] * rows["y"])
        grouped = rows.groupby("cluster")[["n", "x", "y", "xx", "yy", "xy"]].sum()
        grouped.columns = list(SUMS)
        sums.append(grouped.reset_index().assign(rule=f"last_{k}", lookback=k))
    return pd.concat(sums).assign(row_set="veterans", predictor="raw")


def drawn(
    seed: int, *, persistence: float, n_interviewers: int = 200, n: int = 250
) -> pd.DataFrame:
    """Ratings whose skill part (variance .15 of 1) is forgotten at a known pace."""
    rng = np.random.default_rng(seed)
    skill = np.empty((n_interviewers, n))
    skill[:, 0] = rng.normal(0, np.sqrt(0.15), n_interviewers)
    for at in range(1, n):
        fresh = rng.normal(0, np.sqrt(0.15 * (1 - persistence**2)), n_interviewers)
        skill[:, at] = persistence * skill[:, at - 1] + fresh
    rating = skill + rng.normal(0, np.sqrt(0.85), skill.shape)
    return pd.DataFrame(
        {"interviewer": np.repeat(np.arange(n_interviewers), n), "rating": rating.ravel()}
    )


@lru_cache(maxsize=3)
def base_ratings(seed: int) -> pd.DataFrame:
    tables = simulate(WORLDS["base"], seed).tables
    forms, sessions = (tables[name].to_pandas() for name in ("candidate_feedback", "sessions"))
    joined = forms.merge(sessions[["session_id", "interviewer_id", "kind"]], on="session_id")
    mocks = joined[joined["kind"] == "mock"].sort_values(["submitted_at", "session_id"])
    rating = mocks[list(FACTORS)].mean(axis=1)
    interviewer = pd.factorize(mocks["interviewer_id"], sort=True)[0]
    known = pd.DataFrame({"interviewer": interviewer, "rating": rating.to_numpy()}).dropna()
    return known.sort_values("interviewer", kind="stable").reset_index(drop=True)


def figure(fitted: FittedTable, measure: str, rule: str) -> pd.Series:
    table = fitted.table
    return table[(table["measure"] == measure) & (table["rule"] == rule)].iloc[0]


@pytest.mark.slow
def test_on_a_simulated_platform_the_curve_rises_and_flattens_near_thirty() -> None:
    fits = [fit_lookback_curve(panel_of(base_ratings(seed))) for seed in SEEDS]
    means = {
        k: np.mean([figure(fitted, "correlation", f"last_{k}")["estimate"] for fitted in fits])
        for k in (5, 30, 100)
    }
    assert means[30] >= 0.9 * means[100]
    assert means[5] <= 0.75 * means[100]
    for fitted in fits:
        assert 15 <= fitted.diagnostics["chosen_window"] <= 60


def leaving_by_fifth(world: str, seed: int) -> np.ndarray:
    """Share who leave by fifth of a past score whose edges are from before."""
    frames = {
        name: table.to_pandas() for name, table in simulate(WORLDS[world], seed).tables.items()
    }
    held = held_sessions(frames)
    return leaving_by_past_score(held, rated_sessions(frames, held)).to_numpy(float)


@pytest.mark.slow
def test_past_scores_tell_who_leaves_and_nothing_where_nothing_is() -> None:
    base = np.mean([leaving_by_fifth("base", seed) for seed in SEEDS[:2]], axis=0)
    assert base[0] - base[-1] >= 0.09
    assert (np.diff(base) < 0).all()
    null = np.mean([leaving_by_fifth("null", seed) for seed in SEEDS[:2]], axis=0)
    assert abs(null[0] - null[-1]) <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("persistence", [1.0, 0.98])
def test_reliability_is_told_from_drift(persistence: float) -> None:
    found = []
    for seed in SEEDS:
        sums = sums_by_cluster(panel_of(drawn(seed, persistence=persistence)))
        keys = [("veterans", "raw", f"last_{k}") for k in range(1, LONGEST + 1)]
        apart = autocorrelations(stack_sums(sums, keys).sum(axis=0))
        found.append(fit_persistence(apart))
    reliability, log_persistence = np.mean(found, axis=0)
    assert reliability == pytest.approx(0.15, abs=0.03)
    assert np.exp(log_persistence) == pytest.approx(persistence, abs=0.006)


def test_the_interval_covers_the_known_correlation() -> None:
    # Without drift the mean of k and the next rating correlate .15 sqrt(k / (1 + .15 (k - 1))).
    truth = 0.15 * np.sqrt(20 / (1 + 0.15 * 19))
    covered = []
    for seed in range(20):
        fitted = fit_lookback_curve(
            panel_of(drawn(seed, persistence=1.0, n=60), longest=20), lookback=20, step=5
        )
        row = figure(fitted, "correlation", "last_20")
        covered.append(row["estimate_low"] <= truth <= row["estimate_high"])
    assert 0.75 <= np.mean(covered) <= 1.0


def test_few_data_give_no_figure_and_say_so() -> None:
    fitted = fit_lookback_curve(panel_of(drawn(1, persistence=1.0, n_interviewers=5)))
    assert fitted.table["estimate"].isna().all()
    assert fitted.diagnostics["chosen_window"] is None
    assert fitted.warnings


def test_an_empty_platform_has_a_fit_without_figures() -> None:
    empty = panel_of(drawn(1, persistence=1.0, n_interviewers=2)).iloc[:0]
    fitted = fit_lookback_curve(empty)
    assert set(fitted.table["measure"]) == {"chosen_window", "reliability", "persistence"}
    assert fitted.table["estimate"].isna().all()


def test_the_window_rule_by_hand() -> None:
    # Noise of interviewers apart, correlations rise .1, .15, .16, .161: one more session after
    # the second adds .01 or more, one after the third does not.
    curve = LookbackCurve(step=1, min_groups=2, min_rows=2)
    rows = []
    for correlation in (0.1, 0.15, 0.165, 0.166):
        rows.append([1000.0, 0.0, 0.0, 1000.0, 1000.0, 1000.0 * correlation])
    fitted = curve.fit(np.array([rows] * 12))
    assert fitted.window_ == 3
    assert fitted.gain_[:, 0] == pytest.approx([0.05, 0.015, 0.001])
