"""How often the bucket of an interviewer who does not change would change all the same (B3)."""

from dataclasses import dataclass

import numpy as np

from python_models.calibration.accuracy_score import accuracy_score
from python_models.frames import FloatArray

_WEEKS = 52
_MOST_CELLS = 4_000_000


@dataclass(frozen=True)
class Careers:
    """What is known of interviewers, one array element each.

    Attributes
    ----------
    n_before, n_now
        Judgements a year ago and now.
    m_before, m_now
        Later results of companies on the same candidates, a year ago and now.
    yes_rate, pass_rate
        Of the judgements and of the results.
    """

    n_before: FloatArray
    n_now: FloatArray
    m_before: FloatArray
    m_now: FloatArray
    yes_rate: FloatArray
    pass_rate: FloatArray


def count_flips(scores: FloatArray, strict_edge: float, lenient_edge: float) -> FloatArray:
    """Changes of bucket from week to week.

    Parameters
    ----------
    scores
        Weeks by interviewers, not rounded.
    strict_edge, lenient_edge
        Scores below and above which the bucket is another.

    Returns
    -------
    FloatArray
        Number of changes of each interviewer.
    """
    bucket = (scores > lenient_edge).astype(int) - (scores < strict_edge).astype(int)
    changed: FloatArray = (np.diff(bucket, axis=0) != 0).sum(axis=0).astype(np.float64)
    return changed


def weekly_counts(before: FloatArray, now: FloatArray) -> FloatArray:
    """Counts at the end of each week of the year, evenly grown; the year's start first."""
    share = np.arange(_WEEKS + 1)[:, None] / _WEEKS
    counts: FloatArray = np.round(before + share * (now - before))
    return counts


def estimated_path(
    leniency: FloatArray,
    n_by_week: FloatArray,
    noise_variance: FloatArray,
    between_variance: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Shrunken leniency week by week, for a true leniency that stays as it is.

    Parameters
    ----------
    leniency
        True leniency of each interviewer.
    n_by_week
        Weeks by interviewers.
    noise_variance
        Of one judgement about the leniency, of each interviewer.
    between_variance
        Variance of leniency between interviewers.
    rng
        Source of chance.
    """
    added = np.diff(n_by_week, axis=0, prepend=0.0)
    steps = np.sqrt(added * noise_variance) * rng.standard_normal(added.shape)
    total = leniency * n_by_week + np.cumsum(steps, axis=0)
    path: FloatArray = total / (n_by_week + noise_variance / between_variance)
    return path


def naive_path(careers: Careers, rng: np.random.Generator) -> FloatArray:
    """Scores by yes rate less later pass rate, centred on the platform's mean gap.

    The gap is read as P(yes) − ½ at the bar, so that both rules share their edges. A first later
    result is no flip: before it the first gap stands. Interviewers without results never flip.
    """
    gaps = _rates(careers.n_before, careers.n_now, careers.yes_rate, rng) - _rates(
        careers.m_before, careers.m_now, careers.pass_rate, rng
    )
    is_known = np.isfinite(gaps)
    if not is_known.any():
        return np.zeros_like(gaps)
    scores = accuracy_score(np.clip(0.5 + gaps - gaps[is_known].mean(), 0.01, 0.99))
    first = scores[is_known.argmax(axis=0), np.arange(scores.shape[1])]
    path: FloatArray = np.nan_to_num(np.where(is_known, scores, first))
    return path


def blocks(n_interviewers: int) -> list[slice]:
    """Slices of interviewers that keep the weeks of one in memory together."""
    size = max(_MOST_CELLS // (_WEEKS + 1), 1)
    return [slice(start, start + size) for start in range(0, n_interviewers, size)]


def _rates(
    before: FloatArray, now: FloatArray, rate: FloatArray, rng: np.random.Generator
) -> FloatArray:
    counts = weekly_counts(before, now)
    added = np.maximum(np.diff(counts, axis=0, prepend=0.0), 0.0).astype(np.int64)
    came = rng.binomial(added, np.broadcast_to(np.nan_to_num(rate), added.shape))
    total = np.cumsum(came, axis=0).astype(np.float64)
    return np.divide(total, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
