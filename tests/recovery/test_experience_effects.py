"""The fit finds interviewers' effects on leaving and says how sure it is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from python_models.experience.churn_covariates import CHURN_COVARIATES
from python_models.experience.experience_effects import fit_experience_effects
from python_models.fitted_table import FittedTable
from python_models.simulation import WORLDS, simulate
from tests.recovery.leaving_panels import effects_panel

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
    frame["interviewer_id"] = interviewer
    frame["has_left"] = rng.random(n) < expit(log_odds - staying[interviewer])
    by = frame.groupby(["interviewer_id", *CHURN_COVARIATES], as_index=False)["has_left"]
    fitted = fit_experience_effects(by.agg(n_sessions="size", n_left="sum"))
    return Truth(fitted, staying[fitted.table["interviewer_id"].astype(int)])


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


def on_platform(name: str, seed: int) -> Truth:
    """A whole platform: effects that drift, moods and restless candidates unseen by the model."""
    platform = simulate(WORLDS[name], seed)
    fitted = fit_experience_effects(effects_panel(platform))
    truth = platform.truth["interviewers"].set_index("interviewer_id")["staying_effect"]
    staying = truth.loc[fitted.table["interviewer_id"]].to_numpy()
    # An effect is against the average interviewer: the intercept holds the average itself.
    return Truth(fitted, staying - staying.mean())


def coverage(truth: Truth) -> float:
    error = (truth.fitted.table["churn_effect"] - truth.staying).abs()
    return float((error < 1.645 * truth.fitted.table["churn_effect_se"]).mean())


def test_intervals_cover_the_present_truth_of_the_base_world() -> None:
    truths = [on_platform("base", seed) for seed in SEEDS]
    assert 0.84 < np.mean([coverage(truth) for truth in truths]) < 0.95
    for truth in truths:
        effects = truth.fitted.table["churn_effect"]
        assert truth.fitted.diagnostics["is_detectable"] is True
        assert effects.mean() == pytest.approx(0.0, abs=1e-4)
        # As large as the truth, on average: a unit of effect is a unit of truth.
        assert 0.85 < np.cov(effects, truth.staying)[0, 1] / effects.var() < 1.15


def test_confounded_matching_costs_the_coverage_that_the_documentation_says() -> None:
    assert 0.65 < np.mean([coverage(on_platform("confounded", seed)) for seed in SEEDS]) < 0.84


def test_the_null_world_is_said_to_have_no_effect() -> None:
    fits = [on_platform("null", seed).fitted for seed in SEEDS]
    # A test at 5 % may err once in four.
    assert sum(fitted.diagnostics["is_detectable"] for fitted in fits) <= 1
    for fitted in fits:
        # Their spread, not the largest of a thousand: a test that errs leaves a few outliers.
        assert fitted.table["churn_effect"].std() < 0.05
