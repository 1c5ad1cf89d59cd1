"""The facets' matrix of `mixed_equations` without ever writing it down: for many levels."""

import itertools
from collections.abc import Callable

import numpy as np
from scipy import sparse

from python_models.frames import FloatArray, IntArray
from python_models.mixed_equations import Equations, Inverse

_TOLERANCE = 1e-8
_MOST_STEPS = 500


class ProbedInverse:
    """Conjugate gradients for solutions, Hutchinson's (1990) random signs for traces.

    Time and memory are linear in the rows: a step multiplies by the sparse owners-by-levels
    matrix and its transpose. The same signs serve in every call, so that variances converge,
    and each call starts from the last one's solutions, which are nearby.

    A level's share of the diagonal is a noisy mean over few probes; it is shrunk towards its
    facet's average excess over the reciprocal diagonal as far as the probes disagree (the
    excess is 1 % and much the same for all where matching is mixed, larger in cliques).

    Parameters
    ----------
    n_probes
        Vectors of random signs.
    seed
        Of the signs.
    """

    def __init__(self, n_probes: int, seed: int) -> None:
        self._n_probes, self._seed = n_probes, seed
        self._signs: FloatArray | None = None
        self._last: FloatArray | None = None

    def __call__(
        self, equations: Equations, penalty: FloatArray, shares: FloatArray, columns: FloatArray
    ) -> Inverse:
        """Solve and probe, as `mixed_equations.Solver` says."""
        if self._signs is None:
            rng = np.random.default_rng(self._seed)
            self._signs = rng.choice([-1.0, 1.0], size=(len(penalty), self._n_probes))
            self._order = _neighbours_together(equations.across)
            self._across = equations.across[self._order]
        across, shares = self._across, shares[self._order]
        owned_weights = shares[:, None]
        squares = sparse.csr_array((across.data**2, across.indices, across.indptr), across.shape)
        diagonal = equations.facets.diagonal() + penalty - squares.T @ shares
        signs, root = self._signs, np.sqrt(diagonal)[:, None]

        def multiply(vectors: FloatArray) -> FloatArray:
            product = equations.facets @ vectors + penalty[:, None] * vectors
            owned = across @ vectors
            # In place: this is the largest array of all.
            owned *= owned_weights
            return product - across.T @ owned

        wanted = np.column_stack([columns, root * signs])
        solved, is_solved = _conjugate_gradients(multiply, wanted, diagonal, self._last)
        self._last = solved
        n_columns = columns.shape[1]
        answers = solved[:, n_columns:]
        # Each sign's own part of the inverse, relative to the reciprocal diagonal.
        looks = signs * root * answers
        left, right = across @ answers, across @ (signs / root)
        scaled = (looks.mean(axis=1)) / diagonal
        parts = list(itertools.pairwise(equations.bounds))
        return Inverse(
            solved=solved[:, :n_columns],
            diagonal=np.concatenate([_steadied(looks[a:b]) for a, b in parts]) / diagonal,
            traces=np.array([scaled[a:b].sum() for a, b in parts]),
            owned_trace=float(np.einsum("ij,ij,i->", left, right, shares**2)) / self._n_probes,
            is_solved=is_solved,
        )


def _neighbours_together(across: sparse.csr_array) -> IntArray:
    """Order the owners by the rarest of their levels.

    Products then meet a rare level's row once, while it is in the processor's cache; frequent
    ones stay there anyhow. With 100,000 levels that halves their time.
    """
    frequency = np.bincount(across.indices, minlength=across.shape[1])
    rank = np.empty_like(frequency)
    rank[np.argsort(-frequency, kind="stable")] = np.arange(len(rank))
    rarest = np.full(across.shape[0], -1)
    has_level = np.diff(across.indptr) > 0
    starts = across.indptr[:-1][has_level]
    rarest[has_level] = np.maximum.reduceat(rank[across.indices], starts)
    order: IntArray = np.argsort(rarest, kind="stable")
    return order


def _steadied(looks: FloatArray) -> FloatArray:
    """Shrink each level's mean over probes towards all levels' by how far probes disagree."""
    means = looks.mean(axis=1)
    if len(means) < 2 or looks.shape[1] < 2:
        return np.maximum(means, 1.0)
    noise = float(looks.var(axis=1, ddof=1).mean()) / looks.shape[1]
    spread = float(means.var(ddof=1))
    kept = max(0.0, 1.0 - noise / spread) if spread > 0 else 0.0
    # No level's part of an inverse is below the reciprocal of its diagonal.
    return np.maximum(means.mean() + kept * (means - means.mean()), 1.0)


def _conjugate_gradients(
    multiply: Callable[[FloatArray], FloatArray],
    wanted: FloatArray,
    diagonal: FloatArray,
    start: FloatArray | None,
) -> tuple[FloatArray, bool]:
    """Solve for all columns side by side, with the diagonal as preconditioner."""
    solved = np.zeros_like(wanted) if start is None else start.copy()
    rest = wanted - multiply(solved) if start is not None else wanted.copy()
    limit = _TOLERANCE * np.sqrt(np.einsum("ij,ij->j", wanted, wanted)) + 1e-300
    direction = rest / diagonal[:, None]
    size = np.einsum("ij,ij->j", rest, direction)
    for _ in range(_MOST_STEPS):
        if (np.sqrt(np.einsum("ij,ij->j", rest, rest)) <= limit).all():
            return solved, True
        product = multiply(direction)
        curvature = np.einsum("ij,ij->j", direction, product)
        step = np.divide(size, curvature, out=np.zeros_like(size), where=curvature > 0)
        solved += step * direction
        rest -= step * product
        preconditioned = rest / diagonal[:, None]
        renewed = np.einsum("ij,ij->j", rest, preconditioned)
        turn = np.divide(renewed, size, out=np.zeros_like(size), where=size > 0)
        direction = preconditioned + turn * direction
        size = renewed
    return solved, False
