"""The many-facet model from verdicts alone, told on the composite's scale (the fallback of B2)."""

import numpy as np
from scipy.special import expit

from python_models.calibration.joint_logistic import JointLogistic
from python_models.calibration.judgement_rows import JudgementRows
from python_models.crossed_effects import CrossedEffects
from python_models.frames import FloatArray


def fit_verdict_model(
    rows: JudgementRows, verdict: FloatArray, z: FloatArray, *, sd: float, max_dense: int
) -> CrossedEffects:
    """Fit the joint logistic, and put it on the scale of the standardised verdict.

    Everything downstream is written for z = x'b + ability + leniency + bar + e. With p the fitted
    chance of a yes, one unit of log-odds is worth mean p(1 − p)/sd units of z, and z's residual
    variance is mean p(1 − p)/sd², so that n verdicts tell as much of an ability on either
    scale. Fixed effects are those of least squares on z less the judges' effects, since each
    kind of judgement has its own mean in z.

    Parameters
    ----------
    rows
        Judgements, all with a verdict.
    verdict
        0 or 1 for each row.
    z
        The standardised verdict.
    sd
        What a verdict was divided by.
    max_dense
        As in `JointLogistic`.

    Returns
    -------
    CrossedEffects
        With what `fit` would have left, but `variance_ses_`.
    """
    logistic = JointLogistic(max_dense=max_dense).fit(
        rows.X, verdict, owner=rows.candidate, facets=rows.facets
    )
    judges = rows.effects_of_judges(logistic.effects_)
    log_odds = rows.X @ logistic.coef_ + logistic.owner_effects_[rows.candidate] + judges
    chance = expit(log_odds)
    information = float(np.mean(chance * (1.0 - chance)))
    unit = information / sd
    model = CrossedEffects(max_dense=max_dense)
    coef, *_ = np.linalg.lstsq(rows.X, z - unit * judges, rcond=None)
    model.coef_ = np.asarray(coef, dtype=np.float64)
    model.coef_ses_ = unit * logistic.coef_ses_
    model.effects_ = [unit * effects for effects in logistic.effects_]
    model.ses_ = [unit * ses for ses in logistic.ses_]
    model.owner_effects_ = unit * logistic.owner_effects_
    floor = 1e-9
    model.owner_variance_ = max(unit**2 * logistic.owner_variance_, floor)
    model.facet_variances_ = [max(unit**2 * v, floor) for v in logistic.facet_variances_]
    model.residual_variance_ = information / sd**2
    model.n_iter_ = logistic.n_iter_
    model.has_converged_, model.is_exact_ = logistic.has_converged_, logistic.is_exact_
    return model
