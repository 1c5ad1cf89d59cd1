"""How far an interviewer's level wanders, from pairs of sessions near and far apart (A5)."""

from dataclasses import dataclass

import numpy as np

from python_models.frames import FloatArray, IntArray, group_sums

# Near pairs tell the noise, far ones the drift; each lag adds at most one pair a session.
LAGS = (1, 2, 4, 8, 15, 30, 50)
MOST_WEEKS = 60.0
N_GROUPS = 30


@dataclass(frozen=True)
class Semivariogram:
    """Line through half the squared differences of two sessions against the weeks between.

    Parameters
    ----------
    nugget, nugget_se
        Where it begins: variance of one rating around its interviewer's level of the time.
    drift, drift_se
        Twice its slope, 0 at least: variance per week of a level that walks at random.
    n_pairs
        Pairs of sessions it goes through.
    """

    nugget: float
    nugget_se: float
    drift: float
    drift_se: float
    n_pairs: int


def fit_semivariogram(
    values: FloatArray, weeks: FloatArray, interviewer: IntArray
) -> Semivariogram:
    """Fit the line by least squares, its se's by leaving out groups of interviewers.

    For a level with random-walk variance d per week and noise σ², half the squared difference
    of two ratings w weeks apart is σ² + d·w/2 on average (the semivariogram of Matheron 1963).
    Pairs overlap, so that least squares' own se's would be too small: the jackknife leaves
    out each of thirty groups of interviewers (code modulo thirty).

    Parameters
    ----------
    values, weeks
        Ratings and their times, sorted by interviewer, then time.
    interviewer
        Code of each one's interviewer.

    Returns
    -------
    Semivariogram
        All NaN with no pairs. A slope below 0 gives no drift, and the mean as nugget.
    """
    n_groups = min(N_GROUPS, int(interviewer.max(initial=-1)) + 1)
    sums = np.zeros((n_groups, 5))
    for lag in LAGS:
        earlier, later = slice(None, -lag), slice(lag, None)
        apart = weeks[later] - weeks[earlier]
        is_pair = (interviewer[later] == interviewer[earlier]) & (apart < MOST_WEEKS)
        x = apart[is_pair]
        y = 0.5 * (values[later] - values[earlier])[is_pair] ** 2
        group = interviewer[later][is_pair] % max(n_groups, 1)
        for i, moment in enumerate((np.ones(len(x)), x, y, x * x, x * y)):
            sums[:, i] += group_sums(group, moment, n_groups)
    total = sums.sum(axis=0)
    if total[0] == 0:
        return Semivariogram(np.nan, np.nan, np.nan, np.nan, 0)
    intercept, slope = _line(total)
    has_pairs = sums[:, 0] > 0
    left_out = np.array([_line(total - group) for group in sums[has_pairs] if group[0] < total[0]])
    nugget_se, slope_se = _jackknife(left_out)
    nugget = intercept if slope > 0 else float(total[2] / total[0])
    return Semivariogram(
        max(nugget, 0.0), nugget_se, 2.0 * max(slope, 0.0), 2.0 * slope_se, int(total[0])
    )


def _line(sums: FloatArray) -> tuple[float, float]:
    n, x, y, xx, xy = sums
    spread = xx - x * x / n
    # Pairs all equally far apart (back to back, say) have no slope.
    slope = (xy - x * y / n) / spread if spread > 1e-9 * max(xx, 1e-9) else 0.0
    return float((y - slope * x) / n), float(slope)


def _jackknife(left_out: FloatArray) -> tuple[float, float]:
    n = len(left_out)
    if n < 2:
        return float("nan"), float("nan")
    spread = ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    ses = np.sqrt((n - 1) / n * spread)
    return float(ses[0]), float(ses[1])
