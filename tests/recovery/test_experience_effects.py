"""The one-step estimate finds interviewers' effects on leaving and says how sure it is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from python_models.experience.churn_covariates import CHURN_COVARIATES, ChurnCovariates
from python_models.experience.experience_effects import fit_experience_effects
from python_models.experience.rating_components import fit_rating_components
from python_models.fitted_table import FittedTable

SEEDS = range(4)


@dataclass(frozen=True)
class Truth:
    """A simulated platform's leaving, and the effect behind each interviewer."""

    fitted: FittedTable
    staying: np.ndarray


def leave_and_fit(seed: int, effect_sd: float, n_interviewers: int = 300) -> Truth:
    rng = np.random.default_rng(seed)
    n = 100 * n_interviewers
    volume = rng.lognormal(0, 1, n_interviewers)
    interviewer = rng.choice(n_interviewers, n, p=volume / volume.sum())
    staying = rng.normal(0, effect_sd, n_interviewers)
    frame = pd.DataFrame(
        {
            "interview_type": rng.choice(["algorithms", "behavioral"], n),
            "is_first_session": rng.random(n) < 0.3,
            "experience_level": rng.choice(["junior", "senior"], n),
            "verdict": rng.choice(["yes", "no"], n),
            "performance": rng.choice(["1", "2", "3"], n),
            "session_month": "2024-01",
        }
    )
    log_odds = -1.3 + 0.5 * (frame["verdict"] == "no") + 0.4 * frame["is_first_session"]
    y = (rng.random(n) < expit(log_odds - staying[interviewer])).astype(float)
    covariates = frame[list(CHURN_COVARIATES)]
    prob = ChurnCovariates().fit(covariates, np.ones(n), y).predict_prob(covariates)
    sums = pd.DataFrame({"i": interviewer, "r": y - prob, "v": prob * (1 - prob)}).groupby("i")
    panel = pd.DataFrame(
        {"n_sessions": sums.size(), "residual_sum": sums["r"].sum(), "information": sums["v"].sum()}
    ).reset_index(names="interviewer_id")
    return Truth(fit_experience_effects(panel), staying[panel["interviewer_id"]])


def test_effects_are_found_with_honest_intervals() -> None:
    correlations, covers, tau2s = [], [], []
    for seed in SEEDS:
        truth = leave_and_fit(seed, effect_sd=0.3)
        table = truth.fitted.table
        correlations.append(np.corrcoef(table["churn_effect"], truth.staying)[0, 1])
        error = (table["churn_effect"] - truth.staying).abs()
        covers.append((error < 1.645 * table["churn_effect_se"]).mean())
        tau2s.append(truth.fitted.diagnostics["tau2"])
        assert truth.fitted.diagnostics["is_detectable"] is True
    assert np.mean(correlations) > 0.68
    assert 0.88 < np.mean(covers) < 0.97
    assert np.mean(tau2s) == pytest.approx(0.09, rel=0.2)


def test_where_there_is_no_effect_none_is_claimed() -> None:
    detected = []
    for seed in range(12):
        truth = leave_and_fit(seed, effect_sd=0.0, n_interviewers=60)
        table = truth.fitted.table
        detected.append(truth.fitted.diagnostics["is_detectable"])
        assert table["churn_effect"].abs().max() < 0.25
        # An estimate of no variance is not certainty of no effect.
        assert (table["churn_effect_se"] > 0).all()
    assert sum(detected) <= 2


def test_rating_components_find_the_variances() -> None:
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        interviewer = rng.choice(400, 20_000, p=rng.dirichlet(np.ones(400)))
        rating = 3.3 + rng.normal(0, 0.2, 400)[interviewer] + rng.normal(0, 0.6, 20_000)
        panel = pd.DataFrame(
            {
                "session_id": np.arange(20_000),
                "interviewer_id": interviewer,
                "candidate_key": np.arange(20_000),
                "rating": rating,
                "verdict": "yes",
                "ended_at": pd.Timestamp("2024-01-01", tz="UTC"),
            }
        )
        found.append(fit_rating_components(panel).table.set_index("component")["value"])
    mean = pd.concat(found, axis=1).mean(axis=1)
    assert mean["mean"] == pytest.approx(3.3, abs=0.02)
    assert mean["interviewer_variance"] == pytest.approx(0.04, rel=0.12)
    assert mean["residual_variance"] == pytest.approx(0.36, rel=0.02)
    # Not estimated yet, and said to be 0.
    assert mean[["candidate_variance", "halo", "trend"]].eq(0).all()
