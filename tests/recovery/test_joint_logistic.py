"""The joint logistic against known truth, beside PQL, and against lme4's glmer."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_models.calibration.joint_logistic import JointLogistic
from tests.golden.joint_logistic_data import golden_verdicts
from tests.recovery.verdict_worlds import Verdicts, VerdictWorld, draw_verdicts, pql_variances

GOLDEN = Path(__file__).parents[1] / "golden" / "joint_logistic.csv"
SEEDS = range(6)
TRUTH = VerdictWorld()


@cache
def drawn(seed: int) -> Verdicts:
    return draw_verdicts(TRUTH, seed)


@cache
def fitted(seed: int) -> JointLogistic:
    return fit(drawn(seed))


def fit(verdicts: Verdicts, **settings: float) -> JointLogistic:
    model = JointLogistic(**settings)  # type: ignore[arg-type]
    return model.fit(verdicts.X, verdicts.y, owner=verdicts.owner, facets=verdicts.facets)


def found_variances(model: JointLogistic) -> np.ndarray:
    return np.array([model.owner_variance_, *model.facet_variances_])


def test_variances_are_found_where_pql_is_far_short() -> None:
    laplace = np.array([found_variances(fitted(seed)) for seed in SEEDS])
    pql = np.array([pql_variances(drawn(seed)) for seed in list(SEEDS)[:3]])
    truth = np.array([TRUTH.candidate_variance, TRUTH.interviewer_variance, TRUTH.company_variance])
    # The 95 % interval of the mean over six seeds (t, 5 degrees of freedom) holds the truth for
    # interviewers and companies.
    half = 2.57 * laplace.std(axis=0, ddof=1) / np.sqrt(len(laplace))
    miss = laplace.mean(axis=0) - truth
    assert (np.abs(miss) < half)[1:].all()
    # Five verdicts a candidate: Laplace is a little short, PQL by a third.
    short, pql_short = 1 - laplace.mean(axis=0) / truth, 1 - pql.mean(axis=0) / truth
    assert 0.0 < short[0] < 0.12
    assert pql_short[0] > 0.28
    assert pql_short[1] > short[1] + 0.15


def test_effects_have_the_truth_in_their_intervals() -> None:
    covered, correlations = [], []
    for seed in SEEDS:
        model, truth = fitted(seed), drawn(seed).effects
        assert model.has_converged_
        assert model.is_exact_
        correlations.append(np.corrcoef(model.effects_[0], truth[0])[0, 1])
        for facet in (0, 1):
            z = (model.effects_[facet] - truth[facet]) / model.ses_[facet]
            covered += list(np.abs(z) < 1.645)
    # Two thousand intervals; those of one world move together a little.
    assert 0.87 < np.mean(covered) < 0.92
    # Seventy verdicts an interviewer in the mean, with a heavy tail.
    assert np.mean(correlations) > 0.89


def test_coefficients_are_within_their_errors() -> None:
    z = [(fitted(seed).coef_ - TRUTH.coef) / fitted(seed).coef_ses_ for seed in SEEDS]
    # 24 scores of standard deviation 1: their root mean square lies within 1 ± .4.
    assert np.sqrt(np.mean(np.square(z))) == pytest.approx(1.0, abs=0.4)
    assert np.abs(np.mean(z, axis=0)).max() < 2.57 / np.sqrt(len(SEEDS))


def test_many_levels_are_fitted_without_a_factor() -> None:
    """Above `max_dense` next to nothing changes, as interviewers share few candidates."""
    exact, sparse = fitted(0), fit(drawn(0), max_dense=10)
    assert sparse.has_converged_
    assert not sparse.is_exact_
    assert found_variances(sparse) == pytest.approx(found_variances(exact), rel=0.005)
    assert sparse.coef_ == pytest.approx(exact.coef_, abs=0.001)
    assert np.abs(sparse.effects_[0] - exact.effects_[0]).max() < 0.003
    assert sparse.ses_[0] == pytest.approx(exact.ses_[0], rel=0.05)


def test_teams_with_candidates_of_their_own_cost_two_percent_of_the_variances() -> None:
    rng = np.random.default_rng(1)
    n, n_teams = 12_000, 30
    team = rng.integers(0, n_teams, n)
    owner = np.unique(team * 80 + rng.integers(0, 80, n), return_inverse=True)[1]
    interviewer = team * 5 + rng.integers(0, 5, n)
    leniency = rng.normal(0, 0.8, 5 * n_teams)
    log_odds = rng.normal(0, 1.2, owner.max() + 1)[owner] + leniency[interviewer]
    y = (rng.logistic(size=n) < log_odds).astype(float)
    verdicts = Verdicts(np.ones((n, 1)), y, owner, [interviewer], [leniency])
    exact, sparse = fit(verdicts), fit(verdicts, max_dense=10)
    assert found_variances(sparse) == pytest.approx(found_variances(exact), rel=0.02)
    assert np.corrcoef(exact.effects_[0], sparse.effects_[0])[0, 1] > 0.9999


def test_lme4_finds_the_same() -> None:
    golden = pd.read_csv(GOLDEN, dtype={"level": str}).set_index("component")
    verdicts = golden_verdicts()
    model = fit(verdicts, tol=1e-5)
    assert golden.loc["n_verdicts", "value"] == len(verdicts.y)
    assert model.log_likelihood_ == pytest.approx(golden.loc["log_likelihood", "value"], abs=1e-3)
    names = ("candidate_variance", "interviewer_variance", "company_variance")
    theirs = [golden.loc[name, "value"] for name in names]
    assert found_variances(model) == pytest.approx(theirs, rel=1e-4)
    fixed = golden.loc[["intercept", "is_real", "practice", "type"]]
    assert model.coef_ == pytest.approx(fixed["value"].to_numpy(), abs=1e-5)
    assert model.coef_ses_ == pytest.approx(fixed["value_se"].to_numpy(), rel=1e-3)
    for i, facet in enumerate(("interviewer", "company")):
        rows = golden.loc[facet]
        rows = rows.iloc[rows["level"].astype(float).argsort()]
        assert np.abs(model.effects_[i] - rows["value"].to_numpy()).max() < 1e-5
        # lme4's are conditional on the fixed effects; ours add what those do not know.
        assert (model.ses_[i] >= rows["value_se"].to_numpy()).all()
