"""How many of the scale's levels the data can tell apart (B3)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from python_models.frames import FloatArray, IntArray


@dataclass(frozen=True)
class Grouping:
    """Neighbouring levels put together so that as few pairs as possible stand wrong.

    Attributes
    ----------
    starts
        Lowest level of each group.
    misranked
        Expected share of wrongly ordered pairs among those in different groups.
    n_pairs
        Pairs of interviewers in different groups.
    """

    starts: tuple[int, ...]
    misranked: float
    n_pairs: float


def best_groupings(
    level: IntArray,
    estimate: FloatArray,
    se: FloatArray,
    *,
    most_per_level: int,
    rng: np.random.Generator,
) -> dict[int, Grouping]:
    """For each number of groups, the one that misorders the smallest share of pairs.

    A pair in different groups stands wrong with Φ(−|difference|/√(se² + se²)), by the posteriors of
    both (Kline, Rose & Walters 2024 grade firms by such discordance; here the share is among
    the pairs told apart, which is stricter).

    Parameters
    ----------
    level
        Whole-number score of each interviewer.
    estimate, se
        Posterior mean and sd of what the score orders, each.
    most_per_level
        Interviewers drawn from a level at most; chance among them moves shares by about
        1/√(their number).
    rng
        Draws them.

    Returns
    -------
    dict
        Grouping by number of groups, from 2 to the number of levels that somebody has.
    """
    levels, counts = np.unique(level, return_counts=True)
    drawn = [_draw(np.flatnonzero(level == value), most_per_level, rng) for value in levels]
    n_levels = len(levels)
    wrong, pairs = np.zeros((n_levels, n_levels)), np.zeros((n_levels, n_levels))
    for low, high in itertools.combinations(range(n_levels), 2):
        first, second = drawn[low], drawn[high]
        gap = estimate[second][None, :] - estimate[first][:, None]
        spread = np.hypot(se[second][None, :], se[first][:, None])
        pairs[low, high] = float(counts[low]) * float(counts[high])
        wrong[low, high] = pairs[low, high] * ndtr(-gap / np.maximum(spread, 1e-12)).mean()
    found: dict[int, Grouping] = {}
    for group in _contiguous(n_levels):
        is_apart = np.not_equal.outer(group, group)
        n_pairs = float(pairs[is_apart].sum())
        misranked = float(wrong[is_apart].sum()) / n_pairs
        n_groups = int(group[-1]) + 1
        if n_groups not in found or misranked < found[n_groups].misranked:
            starts = np.flatnonzero(np.diff(group, prepend=-1))
            found[n_groups] = Grouping(
                tuple(int(levels[start]) for start in starts), misranked, n_pairs
            )
    return found


def _draw(members: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    return members if len(members) <= most else rng.choice(members, most, replace=False)


def _contiguous(n_levels: int) -> Iterator[IntArray]:
    """Every way to cut the levels into two neighbouring groups or more."""
    for cuts in itertools.product((0, 1), repeat=max(n_levels - 1, 0)):
        if any(cuts):
            yield np.concatenate([[0], np.cumsum(cuts)])
