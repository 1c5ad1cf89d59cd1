"""Correlations between two items of the same judgement: of their noise and of judges' biases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from python_models.frames import BoolArray, FloatArray, IntArray, group_sums

_MOST_SWEEPS = 100
_SETTLED = 1e-4
# Judges are left out of the jackknife in so many groups: memory stays linear in judges.
_MOST_GROUPS = 50
# A variance between judges is told from none by so many standard errors.
_CLEARLY = 3.0


@dataclass(frozen=True)
class Half:
    """What the judgements of half the candidates say of two items.

    Parameters
    ----------
    residuals
        Of each judgement, net of candidates, judges and fixed effects; one column per item.
    effects
        Of each judge, likewise.
    n
        Judgements of each judge.
    freedom
        Judgements beyond what candidates, judges and fixed effects take.
    """

    residuals: FloatArray
    effects: FloatArray
    n: FloatArray
    freedom: int


def project(
    values: FloatArray, design: FloatArray, owner: IntArray, judge: IntArray, n_judges: int
) -> Half:
    """Take candidates, judges and fixed effects out by least squares (alternating projections).

    Time and memory are linear in the rows: a sweep is four grouped sums for each pair of columns.

    Parameters
    ----------
    values, design
        Items and fixed effects, one row for each judgement; constant columns do no harm.
    owner, judge
        Codes of candidate and judge.
    n_judges
        Number of judges, present here or not.
    """
    _, owner = np.unique(owner, return_inverse=True)
    n_owned = np.bincount(owner).astype(np.float64)
    n = np.bincount(judge, minlength=n_judges).astype(np.float64)
    sides = ((owner, n_owned), (judge, np.maximum(n, 1.0)))
    rest = np.column_stack([values, design])
    scale = np.maximum(rest.std(axis=0), 1e-12) if len(rest) else np.ones(rest.shape[1])
    effects = np.zeros((n_judges, rest.shape[1]))
    for _ in range(_MOST_SWEEPS):
        for codes, counts in sides:
            sums = [group_sums(codes, column, len(counts)) for column in rest.T]
            means = np.column_stack(sums) / counts[:, None]
            rest = rest - means[codes]
        effects += means
        if (np.abs(means).max(axis=0, initial=0.0) < _SETTLED * scale).all():
            break
    n_items = values.shape[1]
    # A column that candidates and judges determine is left with rounding errors alone.
    is_left = (rest[:, n_items:] ** 2).sum(axis=0) > 1e-6 * len(rest) * scale[n_items:] ** 2
    fixed = n_items + np.flatnonzero(is_left)
    slopes = np.linalg.lstsq(rest[:, fixed], rest[:, :n_items], rcond=None)[0]
    return Half(
        residuals=rest[:, :n_items] - rest[:, fixed] @ slopes,
        effects=effects[:, :n_items] - effects[:, fixed] @ slopes,
        n=n,
        freedom=len(values) - len(n_owned) - int((n > 0).sum()) - len(fixed) + 1,
    )


def correlate_noise(halves: Sequence[Half]) -> dict[str, object]:
    """Return the residual correlation and its error; nothing where an item has no noise.

    Parameters
    ----------
    halves
        Both halves.
    """
    squares = np.sum([half.residuals.T @ half.residuals for half in halves], axis=0)
    freedom = sum(half.freedom for half in halves)
    size = float(np.sqrt(squares[0, 0] * squares[1, 1]))
    if size <= 1e-12 or freedom < 3:
        return {}
    found = float(squares[0, 1]) / size
    return {
        "residual_correlation": found,
        "residual_correlation_se": (1.0 - found**2) / np.sqrt(freedom),
    }


def correlate_judges(halves: Sequence[Half], min_judges: int, n_first: int) -> dict[str, object]:
    """Return the correlation of judges' biases in two items, free of noise.

    Covariances are taken across the halves, whose noise and candidates are independent; the
    error is a jackknife over groups of judges.

    Parameters
    ----------
    halves
        Both halves.
    min_judges
        Judges with two judgements in each half, below which nothing is said.
    n_first
        Judges of the first kind, who come first and alone count: judges of one kind may ask for
        more in the verdict than those of another with the same marks, which is no bias.

    Returns
    -------
    dict
        Number of judges; the correlation and its error only where judges clearly differ in both
        items.
    """
    one, other = halves
    is_in_both = (one.n > 1) & (other.n > 1) & (np.arange(len(one.n)) < n_first)
    n_judges = int(is_in_both.sum())
    counted: dict[str, object] = {"n_judges": n_judges}
    if n_judges < max(min_judges, 3):
        return counted
    weights = (one.n * other.n / np.maximum(one.n + other.n, 1.0))[is_in_both]
    left, right = one.effects[is_in_both], other.effects[is_in_both]
    n_groups = min(_MOST_GROUPS, n_judges)
    group = np.arange(n_judges) % n_groups
    found = _covariances(left, right, weights, np.ones((1, n_judges), dtype=np.bool_))[0]
    without = _covariances(left, right, weights, group != np.arange(n_groups)[:, None])
    if not (found[1:] > _CLEARLY * _jackknife(without[:, 1:])).all() or (without[:, 1:] <= 0).any():
        return counted
    correlations = without[:, 0] / np.sqrt(without[:, 1] * without[:, 2])
    return counted | {
        "judge_correlation": float(found[0] / np.sqrt(found[1] * found[2])),
        "judge_correlation_se": float(_jackknife(correlations)),
    }


def _jackknife(without: FloatArray) -> FloatArray:
    """Return the standard error, from what is found without each group."""
    spread = np.square(without - without.mean(axis=0)).sum(axis=0)
    error: FloatArray = np.sqrt(spread * (len(without) - 1) / len(without))
    return error


def _covariances(
    left: FloatArray, right: FloatArray, weights: FloatArray, sets: BoolArray
) -> FloatArray:
    """Covariances across halves for each set of judges: between items, and of each with itself."""
    w = sets * weights
    total = w.sum(axis=1)

    def covariance(first: int, second: int) -> FloatArray:
        ours, theirs = left[:, first], right[:, second]
        found: FloatArray = w @ (ours * theirs) / total
        return found - (w @ ours) * (w @ theirs) / total**2

    between = (covariance(0, 1) + covariance(1, 0)) / 2
    return np.column_stack([between, covariance(0, 0), covariance(1, 1)])
