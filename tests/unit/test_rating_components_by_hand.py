"""Components of a rating, worked by hand, and panels from which little can be told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from python_models.experience.rating_components import fit_rating_components
from python_models.experience.rating_drift import fit_semivariogram
from python_models.fitted_table import FittedTable

START = pd.Timestamp("2024-01-01", tz="UTC")
COMPONENTS = [
    "mean",
    "mean_verdict",
    "halo",
    "trend",
    "reference_day",
    "interviewer_variance",
    "candidate_variance",
    "residual_variance",
    "adjusted_variance",
    "drift_variance",
]


def panel_of(rating: np.ndarray, **columns: object) -> pd.DataFrame:
    n = len(rating)
    usual = {
        "session_id": [f"s{k}" for k in range(n)],
        "interviewer_id": [f"i{k % 4}" for k in range(n)],
        "candidate_key": [f"c{k // 4}" for k in range(n)],
        "verdict": ["yes", "no", "no", "none"] * (n // 4) + ["yes"] * (n % 4),
        "rating": rating,
        "ended_at": START + pd.to_timedelta(np.arange(n) * 10, unit="D"),
    }
    return pd.DataFrame({**usual, **columns})


def drawn(n: int = 200, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    skill, leniency = rng.normal(0, 0.4, 4), rng.normal(0, 0.3, n)
    rows = np.arange(n)
    return 3.2 + skill[rows % 4] + leniency[rows // 4] + rng.normal(0, 0.4, n)


def values(fitted: FittedTable) -> pd.Series:
    scalars = fitted.table[fitted.table["level"] == ""]
    return scalars.set_index("component")["value"]


def test_a_balanced_table_gives_the_variances_of_its_analysis_of_variance() -> None:
    # Interviewers a, b rate candidates c0..c3 once each. Means 3 and 2; candidates' 1.5, 2.5,
    # 2.25, 3.75; grand 2.5. Mean squares: interviewers 4·(.25 + .25)/1 = 2; candidates
    # 2·(1 + 0 + .0625 + 1.5625)/3 = 1.75; what is left over is ±.25 with c2 and c3, 4/16/3.
    ratings = np.array([[2.0, 1.0], [3.0, 2.0], [2.5, 2.0], [4.5, 3.0]])
    panel = panel_of(
        ratings.ravel(),
        interviewer_id=["a", "b"] * 4,
        candidate_key=np.repeat(["c0", "c1", "c2", "c3"], 2),
    )
    fitted = fit_rating_components(panel, tol=1e-9, max_iter=2000)
    found = values(fitted)
    assert found["residual_variance"] == pytest.approx(1 / 12, rel=1e-4)
    assert found["interviewer_variance"] == pytest.approx((2 - 1 / 12) / 4, rel=1e-4)
    assert found["candidate_variance"] == pytest.approx((1.75 - 1 / 12) / 2, rel=1e-4)
    assert found["mean"] == pytest.approx(2.5)
    # Eight ratings are too few for halo and trend.
    assert found["halo"] == found["trend"] == 0.0
    # The effect is the interviewer's deviation, .5, times 1 − MSE/MS of interviewers.
    effect = fitted.table.set_index("level").loc["a", "value"]
    assert effect == pytest.approx(0.5 * (1 - 1 / 24), rel=1e-4)


def test_verdicts_and_days_are_counted_as_described() -> None:
    panel = panel_of(drawn())
    found = values(fit_rating_components(panel))
    # One yes to two no; none counts for neither. The last session is 1,990 days on.
    assert found["mean_verdict"] == pytest.approx(1 / 3)
    assert found["reference_day"] == pytest.approx(19_723 + 1_990)
    later = values(fit_rating_components(panel.assign(rating=panel["rating"] + 0.5)))
    assert later["mean"] == pytest.approx(found["mean"] + 0.5)
    assert later["halo"] == pytest.approx(found["halo"])


def test_halo_and_trend_are_taken_off_whole() -> None:
    panel = panel_of(drawn())
    before = values(fit_rating_components(panel, tol=1e-8))
    years = (panel["ended_at"] - panel["ended_at"].max()) / pd.Timedelta(days=365.25)
    said = panel["verdict"].map({"yes": 1.0, "no": 0.0}).fillna(1 / 3)
    risen = panel["rating"] + 0.25 * (said - 1 / 3) + 0.1 * years
    after = values(fit_rating_components(panel.assign(rating=risen), tol=1e-8))
    assert after["halo"] == pytest.approx(before["halo"] + 0.25)
    assert after["trend"] == pytest.approx(before["trend"] + 0.1)
    for name in ("mean", "interviewer_variance", "residual_variance", "adjusted_variance"):
        assert after[name] == pytest.approx(before[name], rel=1e-6)


def test_the_order_of_rows_does_not_matter_to_the_last_digit() -> None:
    panel = panel_of(drawn())
    shuffled = panel.sample(frac=1, random_state=1)
    first, second = fit_rating_components(panel), fit_rating_components(shuffled)
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)


def test_drift_is_the_slope_of_the_semivariogram() -> None:
    # Sessions a week apart, one interviewer each: 0, 1, 1 and 2, 2, 4. Lag 1 (one week): ½·1,
    # 0, 0, ½·4; lag 2 (two weeks): ½·1, ½·4. Means .625 and 1.25: slope .625, intercept 0.
    found = fit_semivariogram(
        np.array([0.0, 1.0, 1.0, 2.0, 2.0, 4.0]),
        np.array([0.0, 1.0, 2.0, 0.0, 1.0, 2.0]),
        np.array([0, 0, 0, 1, 1, 1]),
    )
    assert found.n_pairs == 6
    assert found.drift == pytest.approx(1.25)
    assert found.nugget == pytest.approx(0.0, abs=1e-12)
    # Each group alone: slopes .25 and 1, intercepts 0 and 0; jackknife se √(½·2·.375²).
    assert found.drift_se == pytest.approx(2 * 0.375)
    assert found.nugget_se == pytest.approx(0.0, abs=1e-12)


def test_a_falling_semivariogram_is_no_drift() -> None:
    found = fit_semivariogram(
        np.array([0.0, 2.0, 0.0]), np.array([0.0, 1.0, 2.0]), np.zeros(3, dtype=np.int64)
    )
    # Half squares 2, 2 and 0: the mean is the nugget. One group leaves no se.
    assert found.drift == 0.0
    assert found.nugget == pytest.approx(4 / 3)
    assert np.isnan(found.drift_se)


def test_pairs_more_than_sixty_weeks_apart_do_not_count() -> None:
    weeks = np.array([0.0, 60.0, 119.9])
    found = fit_semivariogram(np.zeros(3), weeks, np.zeros(3, dtype=np.int64))
    assert found.n_pairs == 1


N = 40
DEGENERATE: dict[str, tuple[dict[str, object], str]] = {
    "one interviewer": ({"interviewer_id": "a"}, "one interviewer"),
    "one candidate": ({"candidate_key": "c"}, "one candidate"),
    "a candidate each": ({"candidate_key": [f"c{k}" for k in range(N)]}, "from each candidate"),
    "an interviewer each": ({"interviewer_id": [f"i{k}" for k in range(N)]}, "each interviewer"),
    "always the same pair": (
        {"candidate_key": [f"c{k % 4}" for k in range(N)]},
        "an interviewer alone",
    ),
    "equal ratings": ({"rating": 4.0}, "all ratings are equal"),
    "no verdicts": ({"verdict": "none"}, "no verdicts"),
    "no verdicts at all": ({"verdict": None}, "no verdicts"),
    "all yes": ({"verdict": "yes"}, "all verdicts are equal"),
    "one instant": ({"ended_at": START}, "no trend"),
    "two weeks": ({"ended_at": START + pd.to_timedelta(np.arange(N) % 14, unit="D")}, "no trend"),
    "no rating": ({"rating": None}, "no ratings"),
}


@pytest.mark.parametrize("case", DEGENERATE)
def test_what_cannot_be_told_is_zero_and_said(case: str) -> None:
    columns, note = DEGENERATE[case]
    fitted = fit_rating_components(panel_of(drawn(N)).assign(**columns))
    found = values(fitted)
    assert found.index.tolist() == COMPONENTS
    assert np.isfinite(fitted.table["value"]).all()
    assert not np.isinf(fitted.table["value_se"]).any()
    assert (found[[name for name in COMPONENTS if name.endswith("variance")]] >= 0).all()
    assert any(note in warning for warning in fitted.warnings), fitted.warnings
    json.dumps([fitted.settings, fitted.diagnostics], allow_nan=False)
    untold = {
        "one interviewer": "interviewer_variance",
        "an interviewer each": "interviewer_variance",
        "one candidate": "candidate_variance",
        "a candidate each": "candidate_variance",
        "always the same pair": "candidate_variance",
        "no verdicts": "halo",
        "no verdicts at all": "halo",
        "all yes": "halo",
        "one instant": "trend",
        "two weeks": "trend",
    }
    if case in untold:
        assert found[untold[case]] == 0.0
        assert found["residual_variance"] > 0
    else:
        assert found.drop(["mean", "mean_verdict", "reference_day"]).eq(0).all()


def test_a_row_without_interviewer_or_rating_is_left_out_and_counted() -> None:
    panel = panel_of(drawn())
    gaps = panel.assign(
        rating=panel["rating"].where(panel.index != 5),
        interviewer_id=panel["interviewer_id"].where(panel.index != 9),
    )
    fitted = fit_rating_components(gaps)
    assert fitted.n_rows == 198
    assert fitted.diagnostics["n_left_out"] == 2
    kept = fit_rating_components(panel.drop(index=[5, 9]))
    pd.testing.assert_frame_equal(fitted.table, kept.table)


def test_sql_can_redo_a_candidates_leniency_from_the_rows() -> None:
    # The docstring's formula, applied to the rows, leaves ratings whose neighbours differ by
    # what the nugget says.
    panel = panel_of(drawn(2000)).sort_values(["interviewer_id", "ended_at"])
    fitted = fit_rating_components(panel, tol=1e-8)
    found = values(fitted)
    effects = fitted.table.query("component == 'interviewer'").set_index("level")["value"]
    said = panel["verdict"].map({"yes": 1.0, "no": 0.0}).fillna(found["mean_verdict"])
    days = (panel["ended_at"] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    adjusted = (
        panel["rating"]
        - found["halo"] * (said - found["mean_verdict"])
        - found["trend"] * (days - found["reference_day"]) / 365.25
    )
    residual = adjusted - found["mean"] - panel["interviewer_id"].map(effects)
    by_candidate = residual.groupby(panel["candidate_key"])
    ratio = found["residual_variance"] / found["candidate_variance"]
    leniency = by_candidate.transform("sum") / (by_candidate.transform("size") + ratio)
    codes = panel["interviewer_id"].factorize()[0]
    redone = fit_semivariogram((adjusted - leniency).to_numpy(), days.to_numpy() / 7, codes)
    assert redone.nugget == pytest.approx(found["adjusted_variance"], rel=1e-6)
    assert redone.drift == pytest.approx(found["drift_variance"], abs=1e-9)
