"""How well an interviewer's verdicts order candidates, whatever their leniency (B4)."""

from dataclasses import dataclass

import numpy as np

from python_models.frames import FloatArray, IntArray, group_sums
from python_models.heterogeneity import between_variance

# Where composites pile up at the ends of the form they vary less, for everybody alike.
_MEAN_POWERS = 4
_LEAST_SHARE = 0.2


@dataclass(frozen=True)
class Discrimination:
    """Estimates by interviewer.

    Attributes
    ----------
    estimate, se
        Posterior mean and sd of minus the log of the interviewer's residual variance over the
        platform's: 0 is typical, .7 half the variance, higher is sharper.
    n
        Judgements behind each.
    between_variance
        Variance of the true values between interviewers.
    """

    estimate: FloatArray
    se: FloatArray
    n: FloatArray
    between_variance: float


def discriminate(
    residual: FloatArray,
    expected: FloatArray,
    candidate: IntArray,
    interviewer: IntArray,
    *,
    candidate_variance: float,
    residual_variance: float,
    min_judgements: int = 5,
) -> Discrimination:
    """Estimate each interviewer's residual variance, shrunken towards the platform's.

    A judgement is set against what the candidate's other judgements predict, r − û, whose
    variance is v = A(1 − reliability of û) plus the judge's own, E·exp(θ). One Fisher step from
    θ = 0 gives θ̂ = U/I with U = ½Σ w((r − û)²/(E + v) − 1), I = ½Σ w², w = E/(E + v). Squares
    are first divided by a polynomial of the expected composite, fitted over all judgements, as
    marks vary less near the ends of the form and would make a lenient interviewer look sharp.
    The variance of the squares is taken from the data, since composites are not normal; the
    estimates are shrunken by the variance between interviewers (Paule & Mandel 1982; Morris
    1983).

    Parameters
    ----------
    residual
        Composite less fixed effects and the judge's effect, of each judgement.
    expected
        Fixed effects and the judge's effect: what an average candidate gets.
    candidate, interviewer
        Codes; interviewer −1 for real judgements, which inform û alone.
    candidate_variance, residual_variance
        A and E of the model.
    min_judgements
        Interviewers below it do not inform the variance between interviewers.

    Returns
    -------
    Discrimination
        One entry for each interviewer.
    """
    n_candidates = int(candidate.max(initial=-1)) + 1
    n_others = group_sums(candidate, np.ones(len(residual)), n_candidates)[candidate] - 1.0
    total = group_sums(candidate, residual, n_candidates)[candidate]
    told = n_others * candidate_variance
    reliability = told / (told + residual_variance)
    predicted = (total - residual) / np.maximum(n_others, 1.0) * reliability
    spread = residual_variance + candidate_variance * (1.0 - reliability)
    is_mock = interviewer >= 0
    square = ((residual - predicted) ** 2 / spread)[is_mock]
    square /= _typical_square(square, (expected + predicted)[is_mock])
    weight = (residual_variance / spread)[is_mock]
    who = interviewer[is_mock]
    n_interviewers = int(who.max(initial=-1)) + 1
    information = 0.5 * group_sums(who, weight**2, n_interviewers)
    theta = 0.5 * group_sums(who, weight * (square - 1.0), n_interviewers) / information
    excess = float(np.average((square - 1.0) ** 2, weights=weight**2)) / 2.0
    variance = excess / information
    n = group_sums(who, np.ones(len(who)), n_interviewers)
    has_enough = n >= min_judgements
    between = between_variance(theta[has_enough], variance[has_enough]).tau2
    centre = float(np.average(theta, weights=1.0 / (variance + between)))
    share = between / (between + variance)
    return Discrimination(-share * (theta - centre), np.sqrt(share * variance), n, between)


def _typical_square(square: FloatArray, expected: FloatArray) -> FloatArray:
    design = np.vander(expected, _MEAN_POWERS + 1)
    curve, *_ = np.linalg.lstsq(design, square, rcond=None)
    return np.maximum(design @ curve, _LEAST_SHARE)
