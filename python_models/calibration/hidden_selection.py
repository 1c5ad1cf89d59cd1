"""What leniency would be if those whom nobody sent on were worse than their forms say (B5)."""

import numpy as np

from python_models.calibration.judgement_rows import JudgementRows
from python_models.crossed_effects import CrossedEffects
from python_models.frames import FloatArray, group_sums


def leniency_per_hidden_ability(model: CrossedEffects, rows: JudgementRows) -> FloatArray:
    """How far each interviewer's leniency against the companies moves, per unit of hidden ability.

    Selection that judgements explain is ignorable (Rubin 1976). Suppose that it knew more: that
    a candidate who never met a company is worse by δ than one with equal judgements who did.
    Their posterior mean is then lower by δ, which is a prior mean lower by δ/(1 − reliability),
    the reliability being that of all of the candidate's judgements. In the model such a shift is
    a response of its own, and estimates are linear in the response: one more solve at the same
    variances is the refit for every δ (a sensitivity analysis in the sense of Rosenbaum 2002).
    Mocks and real interviews have intercepts of their own, so what counts is an interviewer's
    shift less that of real judgements.

    Parameters
    ----------
    model
        The fitted model of the composite.
    rows
        What it was fitted on.

    Returns
    -------
    FloatArray
        One number for each interviewer, leniency per unit of ability, nearly always above 0.
        NaN where real judgements have no intercept of their own.
    """
    if "is_real" not in rows.fixed_names:
        return np.full(len(rows.interviewers), np.nan)
    n_candidates = int(rows.candidate.max()) + 1
    is_sent_on = group_sums(rows.candidate, rows.is_real.astype(np.float64), n_candidates) > 0
    n_judged = group_sums(rows.candidate, np.ones(len(rows.candidate)), n_candidates)
    ratio = model.owner_variance_ / model.residual_variance_
    lowered = np.where(is_sent_on, 0.0, 1.0 + n_judged * ratio)[rows.candidate]
    fixed, (interviewers, _) = model.effects_of(
        rows.X, lowered, owner=rows.candidate, facets=rows.facets
    )
    return interviewers - fixed[rows.fixed_names.index("is_real")]
