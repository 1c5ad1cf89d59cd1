"""Arithmetic on sums by cluster: correlations, what is left without a cluster, persistence (A6).

Arrays end in an axis of six: n, and the sums of x, y, x squared, y squared and x times y.
"""

import numpy as np
import pandas as pd
from scipy import optimize

from python_models.frames import FloatArray, as_floats

SUMS = ("n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy")
KEYS = ("row_set", "predictor", "rule")
Key = tuple[str, str, str]


def without_each(clusters: FloatArray) -> FloatArray:
    """Return the sums over all clusters but each in turn (first axis)."""
    rest: FloatArray = clusters.sum(axis=0) - clusters
    return rest


def moments(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return covariance, variance of x and variance of y of each set of sums."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Rounding must not turn a variance of nothing into a little below nothing.
        return (
            xy / n - x / n * y / n,
            np.maximum(xx / n - (x / n) ** 2, 0.0),
            np.maximum(yy / n - (y / n) ** 2, 0.0),
        )


def correlations(sums: FloatArray) -> FloatArray:
    """Return the correlation of each set of sums, NaN where nothing varies."""
    covariance, variance_x, variance_y = moments(sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = covariance / np.sqrt(variance_x * variance_y)
    return found


def autocorrelations(sums: FloatArray) -> FloatArray:
    """Return the correlation of ratings k sessions apart, for k = 1, 2, 3 and so on.

    The covariance of the next rating with the sum of the last k, less that with the sum of
    the last k - 1, is the one with the rating k sessions back.

    Parameters
    ----------
    sums
        Windows x 6, x being the mean of the last k ratings.

    Returns
    -------
    FloatArray
        One correlation for each k.
    """
    covariance, _, variance_y = moments(sums)
    with_sum = covariance * np.arange(1, len(covariance) + 1)
    apart: FloatArray = np.diff(with_sum, prepend=0.0) / variance_y
    return apart


def fit_persistence(apart: FloatArray, start: FloatArray | None = None) -> FloatArray:
    """Fit correlation at distance k = reliability times persistence to the power k.

    A curve of the mean of the last k flattens for two reasons: the mean has become reliable,
    or what is older says less. The means alone hardly tell these apart; single ratings do,
    because noise lowers their correlation at every distance alike, and drift with distance.

    Parameters
    ----------
    apart
        Correlation of ratings 1, 2, 3 and so on sessions apart.
    start
        Where to begin, if known.

    Returns
    -------
    FloatArray
        Reliability of one rating, and the logarithm of the persistence per session.
    """
    distance = np.arange(1.0, len(apart) + 1)
    first = np.array([apart.mean(), 0.0]) if start is None else start

    def misfit(x: FloatArray) -> FloatArray:
        # Steeper than that, nothing is left after a handful of sessions, whatever the slope.
        error: FloatArray = x[0] * np.exp(np.clip(x[1], -2.0, 0.02) * distance) - apart
        return error

    found: FloatArray = optimize.least_squares(misfit, first, x_scale=(0.1, 0.01)).x
    return found


def sums_by_cluster(panel: pd.DataFrame) -> dict[Key, FloatArray]:
    """Return the sums of each rule, clusters x 6: every cluster in the same place, 0 if absent.

    Parameters
    ----------
    panel
        One row per cluster, row set, predictor and rule, with the columns of `SUMS`.

    Returns
    -------
    dict
        By row set, predictor and rule.
    """
    cluster, found = pd.factorize(panel["cluster"], sort=True)
    values = np.column_stack([np.nan_to_num(as_floats(panel[name])) for name in SUMS])
    names = pd.MultiIndex.from_frame(panel[list(KEYS)])
    sums: dict[Key, FloatArray] = {}
    for row, (row_set, predictor, rule) in enumerate(names):
        key = (str(row_set), str(predictor), str(rule))
        rows = sums.setdefault(key, np.zeros((len(found), len(SUMS))))
        rows[cluster[row]] = values[row]
    return sums


def stack_sums(sums: dict[Key, FloatArray], keys: list[Key]) -> FloatArray:
    """Return the sums of some rules side by side, without clusters that have no rows in any.

    Parameters
    ----------
    sums
        Of `sums_by_cluster`.
    keys
        The rules, in the order wanted.

    Returns
    -------
    FloatArray
        Clusters x rules x 6.
    """
    if not keys:
        return np.zeros((1, 0, len(SUMS)))
    stacked = np.stack([sums[key] for key in keys], axis=1)
    # A cluster without test rows is no group to leave out.
    return stacked[stacked[..., 0].any(axis=1)]
