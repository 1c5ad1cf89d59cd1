"""Verdicts drawn from the joint logistic itself, and PQL, against which Laplace is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit
from threadpoolctl import threadpool_limits

from python_models.calibration.verdict_rows import build_rows
from python_models.frames import FloatArray, IntArray
from python_models.mixed_equations import solve, solve_densely


@dataclass(frozen=True)
class VerdictWorld:
    """Sizes and true variances of log-odds."""

    n_candidates: int = 5_000
    n_interviewers: int = 300
    n_companies: int = 40
    n_rows: int = 26_000
    candidate_variance: float = 1.5
    interviewer_variance: float = 0.6
    company_variance: float = 0.2
    coef: tuple[float, ...] = (-0.2, -0.3, 0.15, 0.2)


@dataclass(frozen=True)
class Verdicts:
    """What `JointLogistic.fit` takes, and the truth."""

    X: FloatArray
    y: FloatArray
    owner: IntArray
    facets: list[IntArray]
    effects: list[FloatArray]


def draw_verdicts(world: VerdictWorld, seed: int) -> Verdicts:
    """Draw who met whom at random, one interview in five at a company, then what was said."""
    rng = np.random.default_rng(seed)
    n = world.n_rows
    present, owner = np.unique(rng.integers(0, world.n_candidates, n), return_inverse=True)
    is_real = rng.random(n) < 0.2
    volume = rng.lognormal(0, 0.7, world.n_interviewers)
    mock = rng.choice(world.n_interviewers, n, p=volume / volume.sum())
    interviewer = np.where(is_real, -1, mock)
    company = np.where(is_real, rng.integers(0, world.n_companies, n), -1)
    X = np.column_stack(
        [np.ones(n), is_real, np.log1p(rng.integers(0, 6, n)), rng.random(n) < 0.3]
    ).astype(np.float64)
    spreads = (
        (world.candidate_variance, len(present)),
        (world.interviewer_variance, world.n_interviewers),
        (world.company_variance, world.n_companies),
    )
    candidates, leniency, ease = (rng.normal(0, np.sqrt(v), size) for v, size in spreads)
    log_odds = X @ np.array(world.coef) + candidates[owner]
    log_odds += np.where(is_real, ease[company], leniency[interviewer])
    y = (rng.random(n) < expit(log_odds)).astype(np.float64)
    return Verdicts(X, y, owner, [interviewer, company], [leniency, ease])


def pql_variances(drawn: Verdicts, n_rounds: int = 25) -> FloatArray:
    """Penalised quasi-likelihood (Breslow & Clayton 1993): REML on the working responses."""
    rows = build_rows(drawn.X, drawn.y, drawn.owner, drawn.facets)
    variances = np.full(1 + len(drawn.facets), 0.5)
    predictor = np.zeros(len(drawn.y))
    for _ in range(n_rounds):
        prob = expit(predictor)
        weight = prob * (1 - prob)
        response = weight * predictor + drawn.y - prob
        by_owner, by_level = rows.sums(response)
        equations = replace(
            rows.equations(weight),
            fixed_response=drawn.X.T @ response,
            owned_response=by_owner,
            facets_response=by_level,
        )
        with threadpool_limits(1, user_api="blas"):
            found = solve(equations, 1.0 / variances, solve_densely)
        predictor = rows.predictor(found.coef, found.owned, found.effects)
        groups = [found.owned, *np.split(found.effects, rows.bounds[1:-1])]
        traces = [found.owned_trace, *found.traces]
        variances = np.array(
            [
                float(group @ group) / (len(group) - trace / variance)
                for group, trace, variance in zip(groups, traces, variances, strict=True)
            ]
        )
    return variances
