"""Mixed model equations of a large eliminated factor, a few crossed ones and fixed effects.

The owners' block is diagonal and eliminated by division. Of what remains, the fixed effects are
few and eliminated by one more solve each, so that only the facets' matrix F = Z'Z + ratios −
A'(N + ratio)⁻¹A is inverted, A being the owners' rows on each facet's level.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import linalg, sparse

from python_models.frames import FloatArray, IntArray, group_sums


@dataclass(frozen=True)
class Equations:
    """Cross-products, before the ratios of variances enter; rows are not needed any more.

    Parameters
    ----------
    n_rows, response_square
        Number of rows, and y'y.
    bounds
        Where each facet's levels begin among all of them, and their number at the end.
    fixed, fixed_response
        X'X and X'y.
    facets, facets_fixed, facets_response
        Z'Z, Z'X and Z'y.
    across
        Owners by levels of facets: rows that an owner has on each.
    n_owned, owned_fixed, owned_response
        Rows of each owner, and their sums of X and y.
    """

    n_rows: int
    response_square: float
    bounds: IntArray
    fixed: FloatArray
    fixed_response: FloatArray
    facets: sparse.csr_array
    facets_fixed: FloatArray
    facets_response: FloatArray
    across: sparse.csr_array
    n_owned: FloatArray
    owned_fixed: FloatArray
    owned_response: FloatArray


@dataclass(frozen=True)
class Solution:
    """Effects at given ratios of variances, and what of the inverse the next ones need.

    Parameters
    ----------
    coef, effects, owned
        Fixed effects; all facets' levels; owners.
    coef_inverse
        The fixed effects' block of the inverse.
    diagonal
        Of the inverse, for the facets' levels.
    traces
        Of the inverse, for each facet.
    owned_trace
        Of the inverse, for the owners.
    is_solved
        Whether the solver came to its end.
    """

    coef: FloatArray
    effects: FloatArray
    owned: FloatArray
    coef_inverse: FloatArray
    diagonal: FloatArray
    traces: FloatArray
    owned_trace: float
    is_solved: bool


@dataclass(frozen=True)
class Inverse:
    """What a `Solver` says of F⁻¹.

    Parameters
    ----------
    solved
        F⁻¹ times the columns asked for.
    diagonal
        Its diagonal.
    traces
        Sum of the diagonal over each facet.
    owned_trace
        Trace of F⁻¹A'D²A, D the owners' reciprocal diagonal.
    is_solved
        Whether the solver came to its end.
    """

    solved: FloatArray
    diagonal: FloatArray
    traces: FloatArray
    owned_trace: float
    is_solved: bool


class Solver(Protocol):
    """A way to invert the facets' matrix: densely, or by iteration and probes."""

    def __call__(
        self, equations: Equations, penalty: FloatArray, shares: FloatArray, columns: FloatArray
    ) -> Inverse:
        """Solve for `columns`; `penalty` on each level, `shares` each owner's 1/(n + ratio)."""


def build_equations(
    X: FloatArray, y: FloatArray, owner: IntArray, facets: Sequence[IntArray]
) -> Equations:
    """Sum the rows up; what is kept grows with pairs of owner and level, not with their square.

    Parameters
    ----------
    X, y, owner, facets
        As in `CrossedEffects.fit`.
    """
    sizes = [int(codes.max(initial=-1)) + 1 for codes in facets]
    bounds = np.cumsum([0, *sizes])
    n_owners = int(owner.max(initial=-1)) + 1
    pairs = list(zip(facets, bounds[:-1], sizes, strict=True))
    return Equations(
        n_rows=len(y),
        response_square=float(y @ y),
        bounds=bounds,
        fixed=X.T @ X,
        fixed_response=X.T @ y,
        facets=_crossed(facets, bounds),
        facets_fixed=np.vstack([_sums(codes, X, size) for codes, _, size in pairs]),
        facets_response=np.concatenate([_sums(codes, y, size) for codes, _, size in pairs]),
        across=sparse.csr_array(
            sparse.hstack([_counts(owner, codes, n_owners, size) for codes, _, size in pairs])
        ),
        n_owned=group_sums(owner, np.ones(len(y)), n_owners),
        owned_fixed=_sums(owner, X, n_owners),
        owned_response=group_sums(owner, y, n_owners),
    )


def solve(equations: Equations, ratios: FloatArray, solver: Solver) -> Solution:
    """Solve the equations at ratios of the residual variance to the owners' and each facet's.

    Parameters
    ----------
    equations
        The cross-products.
    ratios
        Owners first, then the facets.
    solver
        Inverts the facets' matrix.
    """
    n_fixed, across = len(equations.fixed), equations.across
    penalty = np.repeat(ratios[1:], np.diff(equations.bounds))
    shares = 1.0 / (equations.n_owned + ratios[0])
    # The response is one more column beside the fixed effects.
    owned = np.column_stack([equations.owned_fixed, equations.owned_response])
    shared = shares[:, None] * owned
    columns = np.column_stack([equations.facets_fixed, equations.facets_response])
    columns = columns - across.T @ shared
    found = solver(equations, penalty, shares, columns)
    block = np.column_stack([equations.fixed, equations.fixed_response])
    block = block - equations.owned_fixed.T @ shared
    block = block - columns[:, :n_fixed].T @ found.solved
    coef_inverse = np.asarray(linalg.inv(block[:, :n_fixed]), dtype=np.float64)
    coef = coef_inverse @ block[:, n_fixed]
    slopes = found.solved[:, :n_fixed]
    effects = found.solved[:, n_fixed] - slopes @ coef
    # Estimating the fixed effects adds their uncertainty to every level and owner.
    added = np.einsum("ij,jk,ik->i", slopes, coef_inverse, slopes)
    passed_on = shares[:, None] * (equations.owned_fixed - across @ slopes)
    parts = itertools.pairwise(equations.bounds)
    return Solution(
        coef=coef,
        effects=effects,
        owned=shared[:, n_fixed] - shared[:, :n_fixed] @ coef - shares * (across @ effects),
        coef_inverse=coef_inverse,
        diagonal=found.diagonal + added,
        traces=found.traces + np.array([added[start:stop].sum() for start, stop in parts]),
        owned_trace=float(shares.sum())
        + found.owned_trace
        + float(np.sum(coef_inverse * (passed_on.T @ passed_on))),
        is_solved=found.is_solved,
    )


def solve_densely(
    equations: Equations, penalty: FloatArray, shares: FloatArray, columns: FloatArray
) -> Inverse:
    """Invert the facets' matrix by its Cholesky factor: exact, cubic in the levels."""
    scaled = sparse.csr_array(equations.across.multiply(shares[:, None]))
    matrix = (equations.facets - equations.across.T @ scaled).toarray() + np.diag(penalty)
    factor = linalg.cho_factor(matrix, lower=True, check_finite=False)
    inverse = linalg.cho_solve(factor, np.eye(len(matrix)), check_finite=False)
    diagonal = np.diag(inverse).copy()
    parts = itertools.pairwise(equations.bounds)
    return Inverse(
        solved=inverse @ columns,
        diagonal=diagonal,
        traces=np.array([diagonal[start:stop].sum() for start, stop in parts]),
        owned_trace=float((scaled.T @ scaled).multiply(inverse).sum()),
        is_solved=True,
    )


def _sums(codes: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum `values`, one column or several, over the rows of each level; −1 is none."""
    if values.ndim == 2:
        return np.column_stack([_sums(codes, column, size) for column in values.T])
    return group_sums(codes + 1, values, size + 1)[1:]


def _counts(rows: IntArray, columns: IntArray, n_rows: int, n_columns: int) -> sparse.csr_array:
    is_both = (rows >= 0) & (columns >= 0)
    places = (rows[is_both], columns[is_both])
    counts = sparse.coo_array((np.ones(len(places[0])), places), shape=(n_rows, n_columns))
    return sparse.csr_array(counts)


def _crossed(facets: Sequence[IntArray], bounds: IntArray) -> sparse.csr_array:
    sizes = np.diff(bounds)
    blocks = [
        [
            _counts(first, second, sizes[i], sizes[j]) if i != j else _diagonal(first, sizes[i])
            for j, second in enumerate(facets)
        ]
        for i, first in enumerate(facets)
    ]
    return sparse.csr_array(sparse.block_array(blocks))


def _diagonal(codes: IntArray, size: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.diags_array(_sums(codes, np.ones(len(codes)), size)))
