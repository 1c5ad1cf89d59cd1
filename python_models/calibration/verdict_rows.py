"""Rows of verdicts as matrices of owners and crossed levels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from python_models.frames import FloatArray, IntArray, group_sums
from python_models.mixed_equations import Equations


@dataclass(frozen=True)
class VerdictRows:
    """Rows as matrices, and which owner met which level: made once, used for all weights.

    Parameters
    ----------
    X, y, owner
        As in `JointLogistic.fit`.
    levels
        Rows x levels of all facets, 1 where the row has the level.
    bounds
        Where each facet's levels begin among all of them, and their number at the end.
    pair
        For each entry of `levels`, which entry of the owners-by-levels matrix it adds to.
    pair_owner, pair_level
        Owner and level of each entry of that matrix, by owner.
    pair_starts
        Where each owner's entries begin, and their number at the end.
    """

    X: FloatArray
    y: FloatArray
    owner: IntArray
    levels: sparse.csr_array
    bounds: IntArray
    pair: IntArray
    pair_owner: IntArray
    pair_level: IntArray
    pair_starts: IntArray

    @property
    def n_owners(self) -> int:
        """Number of levels of the eliminated factor."""
        return len(self.pair_starts) - 1

    @cached_property
    def row_of(self) -> IntArray:
        """The row of each entry of `levels`."""
        return np.repeat(np.arange(len(self.y)), np.diff(self.levels.indptr))

    def predictor(self, coef: FloatArray, owned: FloatArray, effects: FloatArray) -> FloatArray:
        """Log-odds of each row."""
        found: FloatArray = self.X @ coef + owned[self.owner] + self.levels @ effects
        return found

    def sums(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Sum one number for each row over owners, and over levels."""
        return group_sums(self.owner, values, self.n_owners), self.levels.T @ values

    def across(self, weight: FloatArray) -> sparse.csr_array:
        """Sum weights over owners by levels."""
        data = group_sums(self.pair, weight[self.row_of], len(self.pair_level))
        shape = (self.n_owners, int(self.bounds[-1]))
        return sparse.csr_array((data, self.pair_level, self.pair_starts), shape=shape)

    def crossed(self, weight: FloatArray) -> sparse.csr_array:
        """Sum weights over levels by levels."""
        weighted = self.levels.copy()
        weighted.data = weight[self.row_of]
        return sparse.csr_array(self.levels.T @ weighted)

    def equations(self, weight: FloatArray) -> Equations:
        """Weighted cross-products, without a response."""
        weighted = weight[:, None] * self.X
        columns = [self.sums(column) for column in weighted.T]
        n_levels = int(self.bounds[-1])
        return Equations(
            n_rows=len(self.y),
            response_square=0.0,
            bounds=self.bounds,
            fixed=self.X.T @ weighted,
            fixed_response=np.zeros(self.X.shape[1]),
            facets=self.crossed(weight),
            facets_fixed=np.column_stack([by_level for _, by_level in columns]),
            facets_response=np.zeros(n_levels),
            across=self.across(weight),
            n_owned=group_sums(self.owner, weight, self.n_owners),
            owned_fixed=np.column_stack([by_owner for by_owner, _ in columns]),
            owned_response=np.zeros(self.n_owners),
        )


def build_rows(
    X: FloatArray, y: FloatArray, owner: IntArray, facets: Sequence[IntArray]
) -> VerdictRows:
    """Code the rows.

    Parameters
    ----------
    X, y, owner, facets
        As in `JointLogistic.fit`.
    """
    sizes = [int(codes.max(initial=-1)) + 1 for codes in facets]
    bounds = np.cumsum([0, *sizes])
    n_owners, n_levels = int(owner.max(initial=-1)) + 1, int(bounds[-1])
    rows = [np.flatnonzero(codes >= 0) for codes in facets]
    places = [
        codes[found] + start for codes, found, start in zip(facets, rows, bounds[:-1], strict=True)
    ]
    row, level = np.concatenate(rows), np.concatenate(places)
    ones = np.ones(len(row))
    levels = sparse.csr_array(sparse.coo_array((ones, (row, level)), shape=(len(y), n_levels)))
    met = np.repeat(owner, np.diff(levels.indptr)).astype(np.int64) * max(n_levels, 1)
    keys, pair = np.unique(met + levels.indices, return_inverse=True)
    pair_owner, pair_level = np.divmod(keys, max(n_levels, 1))
    starts = np.searchsorted(pair_owner, np.arange(n_owners + 1))
    return VerdictRows(X, y, owner, levels, bounds, pair, pair_owner, pair_level, starts)
