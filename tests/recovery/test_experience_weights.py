"""The weights find what drives leaving, with correlated factors and noisy pasts."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from python_models.experience.experience_weights import fit_experience_weights
from python_models.fitted_table import FittedTable
from python_models.simulation import WORLDS, simulate
from tests.recovery.leaving_panels import weights_panel

SEEDS = range(4)
BASE = (0.40, 0.25, 0.20, 0.15)
ONE_DOMINATES = (0.70, 0.10, 0.10, 0.10)


def panel_of(
    seed: int, weights: tuple[float, ...], *, effect_sd: float = 0.3, n: int = 80_000
) -> pd.DataFrame:
    """Factors correlate .6; past means carry the noise of at most 30 ratings."""
    rng = np.random.default_rng(seed)
    n_interviewers, n_factors = n // 110, len(weights)
    correlation = np.full((n_factors, n_factors), 0.6) + 0.4 * np.eye(n_factors)
    skill = (
        0.35 * rng.standard_normal((n_interviewers, n_factors)) @ np.linalg.cholesky(correlation).T
    )
    quality = skill @ np.array(weights)
    staying = effect_sd * quality / quality.std() + rng.normal(0, 0.1, n_interviewers)
    volume = rng.lognormal(0, 1, n_interviewers)
    interviewer = rng.choice(n_interviewers, n, p=volume / volume.sum())
    n_past = np.minimum(30, pd.Series(interviewer).groupby(interviewer).cumcount().to_numpy())
    noise = 0.6 / np.sqrt(np.maximum(n_past, 1))[:, None]
    past = 3.3 + skill[interviewer] + noise * rng.standard_normal((n, n_factors))
    verdict = rng.choice(["yes", "no"], n)
    log_odds = -1.2 + 0.4 * (verdict == "no") - staying[interviewer]
    frame = pd.DataFrame(
        {
            "session_id": np.arange(n),
            "interviewer_id": interviewer,
            "interview_type": rng.choice(["algorithms", "behavioral"], n),
            "session_month": rng.choice(["2024-01", "2024-02", "2024-03"], n),
            "is_first_session": rng.random(n) < 0.3,
            "experience_level": "unknown",
            "verdict": verdict,
            "performance": rng.choice(["2", "3"], n),
            "has_left": rng.random(n) < expit(log_odds),
            "n_past": n_past,
        }
    )
    for factor in range(n_factors):
        frame[f"factor_{factor}_past_mean"] = past[:, factor]
    return frame


def distance(fitted: FittedTable, weights: tuple[float, ...]) -> float:
    return float(np.abs(fitted.table["weight"] - np.array(weights)).sum())


@pytest.mark.parametrize(
    ("weights", "at_most"), [(BASE, 0.22), (ONE_DOMINATES, 0.28)], ids=["base", "one_dominates"]
)
def test_weights_come_close_to_the_truth(weights: tuple[float, ...], at_most: float) -> None:
    fits = [fit_experience_weights(panel_of(seed, weights)) for seed in SEEDS]
    assert not any(fitted.diagnostics["used_default"] for fitted in fits)
    assert np.mean([distance(fitted, weights) for fitted in fits]) <= at_most
    for fitted in fits:
        table = fitted.table
        assert table["weight"].sum() == pytest.approx(1.0, abs=1e-12)
        assert (table["weight_low"] <= table["weight_raw"]).all()
        assert (table["weight_raw"] <= table["weight_high"]).all()


def test_ranges_cover_the_truth_of_a_mild_world() -> None:
    covered, truth = [], np.array(BASE)
    for seed in range(12):
        table = fit_experience_weights(panel_of(seed, BASE, n=30_000)).table
        covered.append((table["weight_low"] <= truth) & (table["weight_high"] >= truth))
    assert np.mean(covered) >= 0.8


def test_any_number_of_factors() -> None:
    for weights in ((1.0,), (0.7, 0.3), (0.3, 0.2, 0.2, 0.1, 0.1, 0.1)):
        fitted = fit_experience_weights(panel_of(1, weights))
        assert fitted.diagnostics["K"] == len(weights)
        assert distance(fitted, weights) <= 0.3


def test_where_ratings_tell_nothing_weights_stay_equal() -> None:
    n_default = sum(
        fit_experience_weights(panel_of(seed, BASE, effect_sd=0.0, n=30_000)).diagnostics[
            "used_default"
        ]
        for seed in range(8)
    )
    assert n_default >= 7


def test_few_sessions_stay_equal() -> None:
    fitted = fit_experience_weights(panel_of(1, BASE, n=9_000))
    assert fitted.table["weight"].tolist() == [0.25] * 4
    assert fitted.diagnostics["used_default"] is True


def test_without_interviewer_effects_weights_stay_equal_and_say_why() -> None:
    fitted = fit_experience_weights(weights_panel(simulate(WORLDS["null"], 1)))
    assert fitted.table["weight"].tolist() == [0.25] * 4
    assert fitted.diagnostics["is_detectable"] is False
    assert fitted.diagnostics["q_p_value"] > 0.05
    assert "no interviewer effect on leaving is detectable" in fitted.diagnostics["reason"]


def test_with_interviewer_effects_weights_are_estimated() -> None:
    fitted = fit_experience_weights(weights_panel(simulate(WORLDS["base"], 1)))
    assert fitted.diagnostics["is_detectable"] is True
    assert fitted.diagnostics["used_default"] is False
    assert fitted.diagnostics["reason"] == "estimated"
