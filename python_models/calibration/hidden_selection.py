"""What leniency would be if those who decide who goes on saw more than the forms say (B5)."""

import numpy as np
from scipy.special import expit

from python_models.calibration.judgement_rows import JudgementRows
from python_models.crossed_effects import CrossedEffects
from python_models.frames import FloatArray, group_sums
from python_models.logistic import fit_logistic


def leniency_per_hidden_ability(
    model: CrossedEffects, rows: JudgementRows, z: FloatArray
) -> FloatArray:
    """How far each interviewer's leniency against the companies moves, per unit of hidden ability.

    Selection that judgements explain is ignorable (Rubin 1976). Suppose that it knew more: among
    candidates with equal mock judgements, those whom nobody sent on are worse by δ than those
    who met a company (a sensitivity analysis in the sense of Rosenbaum 2002). The mocks are as
    they were, and so is the mean ability that they tell; of it, those sent on, a share p of
    their equals, lie (1 − p)δ above, and the rest pδ below. So real judgements were of abler
    people than the model takes them for: their response is lowered by (1 − p)δ. Estimates are
    linear in the response, so that one more solve at the same variances is the refit for every
    δ. Leniency is read against real judgements, whose intercept is their own: what counts is an
    interviewer's shift less theirs.

    p is a logistic line in the ability that the candidate's mocks tell and in ln(number of
    mocks).

    Parameters
    ----------
    model
        The fitted model of the composite.
    rows, z
        What it was fitted on.

    Returns
    -------
    FloatArray
        One number for each interviewer, leniency per unit of ability: near the mean of 1 − p, at
        most a little above 1. NaN where no company judged anybody.
    """
    if "is_real" not in rows.fixed_names:
        return np.full(len(rows.interviewers), np.nan)
    sent_on = _chance_of_being_sent_on(model, rows, z)
    lowered = np.where(rows.is_real, sent_on[rows.candidate] - 1.0, 0.0)
    fixed, (interviewers, _) = model.effects_of(
        rows.X, lowered, owner=rows.candidate, facets=rows.facets
    )
    return interviewers - fixed[rows.fixed_names.index("is_real")]


def _chance_of_being_sent_on(
    model: CrossedEffects, rows: JudgementRows, z: FloatArray
) -> FloatArray:
    """By candidate, from the mocks alone; those without a mock went on for sure."""
    n_candidates = int(rows.candidate.max()) + 1
    is_mock = ~rows.is_real
    owner = rows.candidate[is_mock]
    residual = (z - rows.X @ model.coef_ - rows.effects_of_judges(model.effects_))[is_mock]
    n = group_sums(owner, np.ones(len(owner)), n_candidates)
    ratio = model.residual_variance_ / model.owner_variance_
    told = group_sums(owner, residual, n_candidates) / (n + ratio)
    is_on = group_sums(rows.candidate, rows.is_real.astype(np.float64), n_candidates) > 0
    has_mock = n > 0
    chance = np.ones(n_candidates)
    y = is_on[has_mock].astype(np.float64)
    if not len(y) or y.min() == y.max():
        chance[has_mock] = y.mean() if len(y) else 1.0
        return chance
    X = np.column_stack([np.ones(n_candidates), told, np.log(np.maximum(n, 1.0))])[has_mock]
    live = np.array([True, *(X[:, 1:].std(axis=0) > 1e-9)])
    chance[has_mock] = expit(X[:, live] @ fit_logistic(X[:, live], y).coefficients)
    return chance
