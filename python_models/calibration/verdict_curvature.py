"""Second derivatives of crossed logistic effects, with the candidates' block eliminated."""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.sparse.linalg import LinearOperator, cg

from python_models.calibration.verdict_rows import VerdictRows
from python_models.frames import FloatArray, group_sums

# Owners at a time whose rows of a product with the dense inverse are written down.
_OWNERS_AT_ONCE = 4096
_CG_TOLERANCE = 1e-9
_CG_MOST_STEPS = 1000


@dataclass(frozen=True)
class Leverages:
    """What the gradient needs of the inverse H⁻¹ of the random effects' curvature.

    Parameters
    ----------
    by_row
        Variance z'H⁻¹z of each row's log-odds.
    traces
        Trace of H⁻¹ over the owners, then over each facet.
    """

    by_row: FloatArray
    traces: FloatArray


class Curvature:
    """H = Z'WZ + 1/variances on owners and levels, W = p(1 − p).

    Owners are eliminated; what remains is S = F + 1/variances − A'(N + 1/variance)⁻¹A, A being
    the weights of owners by levels. Densely S is factorised. Otherwise systems are solved by
    conjugate gradients, and the determinant and the leverages are those of the diagonal of S.

    Parameters
    ----------
    rows
        The rows.
    weight
        p(1 − p) of each row.
    precisions
        1/variance, the owners' first, then each facet's.
    is_dense
        Whether to factorise S.
    """

    def __init__(
        self, rows: VerdictRows, weight: FloatArray, precisions: FloatArray, is_dense: bool
    ) -> None:
        self._rows, self._is_dense = rows, is_dense
        self.shares = 1.0 / (group_sums(rows.owner, weight, rows.n_owners) + precisions[0])
        self._across = rows.across(weight)
        self._facets = rows.crossed(weight)
        self._penalty = np.repeat(precisions[1:], np.diff(rows.bounds))
        squares = self._across.data**2 * self.shares[rows.pair_owner]
        own = self._facets.diagonal() + self._penalty
        self._diagonal = own - group_sums(rows.pair_level, squares, len(own))
        if is_dense:
            scaled = self._across.copy()
            scaled.data = scaled.data * self.shares[rows.pair_owner]
            matrix = (self._facets - self._across.T @ scaled).toarray()
            matrix[np.diag_indices_from(matrix)] += self._penalty
            self._factor = linalg.cholesky(matrix, lower=True, check_finite=False)
        self.is_solved = True

    @property
    def log_determinant(self) -> float:
        """Of H; with the diagonal of S alone if it is not factorised."""
        diagonal = np.diag(self._factor) ** 2 if self._is_dense else self._diagonal
        return float(np.log(diagonal).sum() - np.log(self.shares).sum())

    def solve(self, owned: FloatArray, levels: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Solve H x = (owned, levels)."""
        wanted = levels - self._across.T @ (self.shares * owned)
        if self._is_dense:
            solved = linalg.cho_solve((self._factor, True), wanted, check_finite=False)
        else:
            solved = self._iterate(wanted)
        return self.shares * (owned - self._across @ solved), solved

    def _iterate(self, wanted: FloatArray) -> FloatArray:
        def multiply(vector: FloatArray) -> FloatArray:
            product = self._facets @ vector + self._penalty * vector
            found: FloatArray = product - self._across.T @ (self.shares * (self._across @ vector))
            return found

        shape = (len(wanted), len(wanted))
        solved, flag = cg(
            LinearOperator(shape, matvec=multiply, dtype=np.float64),
            wanted,
            rtol=_CG_TOLERANCE,
            maxiter=_CG_MOST_STEPS,
            M=LinearOperator(shape, matvec=lambda x: x / self._diagonal, dtype=np.float64),
        )
        self.is_solved &= flag == 0
        return np.asarray(solved, dtype=np.float64)

    def leverages(self) -> Leverages:
        """Return variances of log-odds and traces, at the solved curvature."""
        rows = self._rows
        inverse = None
        if self._is_dense:
            inverse, _ = linalg.lapack.dpotri(self._factor, lower=1)
            inverse = np.tril(inverse) + np.tril(inverse, -1).T
            diagonal, met = np.diag(inverse), self._met(inverse)
        else:
            diagonal = 1.0 / self._diagonal
            met = self._across.data * diagonal[rows.pair_level]
        passed = group_sums(rows.pair_owner, self._across.data * met, rows.n_owners)
        by_owner = self.shares + self.shares**2 * passed
        n_rows, both = len(rows.y), self.shares[rows.owner]
        by_row = by_owner[rows.owner] - 2.0 * both * group_sums(rows.row_of, met[rows.pair], n_rows)
        by_row += rows.levels @ diagonal
        if inverse is not None:
            by_row += _between_levels(rows, inverse)
        parts = itertools.pairwise(rows.bounds)
        traces = [by_owner.sum(), *[diagonal[start:stop].sum() for start, stop in parts]]
        return Leverages(by_row, np.array(traces))

    def _met(self, inverse: FloatArray) -> FloatArray:
        """Entries of A S⁻¹ where A has one."""
        rows, found = self._rows, np.empty(len(self._rows.pair_level))
        for first in range(0, rows.n_owners, _OWNERS_AT_ONCE):
            last = min(first + _OWNERS_AT_ONCE, rows.n_owners)
            part = slice(rows.pair_starts[first], rows.pair_starts[last])
            product = self._across[first:last] @ inverse
            found[part] = product[rows.pair_owner[part] - first, rows.pair_level[part]]
        return found


def _between_levels(rows: VerdictRows, inverse: FloatArray) -> FloatArray:
    """Covariances of the different levels of a row, for rows with more than one facet."""
    found = np.zeros(len(rows.y))
    n_levels = np.diff(rows.levels.indptr)
    for first, second in itertools.permutations(range(int(n_levels.max(initial=0))), 2):
        has_both = np.flatnonzero(n_levels > max(first, second))
        starts = rows.levels.indptr[has_both]
        at = rows.levels.indices[starts + first], rows.levels.indices[starts + second]
        found[has_both] += inverse[at]
    return found
