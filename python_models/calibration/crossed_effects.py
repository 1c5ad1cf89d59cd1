"""Linear mixed model with one large eliminated factor and a few crossed ones (B2)."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import linalg, sparse
from sklearn.base import BaseEstimator

from python_models.frames import FloatArray, IntArray, group_sums

# A variance below this share of the response's is as good as none; the floor keeps the ratio
# of variances finite.
VARIANCE_FLOOR = 1e-6


@dataclass(frozen=True)
class _System:
    """Cross-products of the mixed model equations, before the variance ratios enter."""

    kept: sparse.csr_array
    owner: IntArray
    gram: sparse.csr_array
    across: sparse.csr_array
    n_owned: FloatArray
    owned_response: FloatArray
    kept_response: FloatArray


@dataclass(frozen=True)
class _Solution:
    kept: FloatArray
    owned: FloatArray
    inverse_diagonal: FloatArray
    owned_trace: float
    is_solved: bool


class CrossedEffects(BaseEstimator):
    """y = Xb + owner + Σ facets + e, Gaussian, by REML.

    The owners (candidates: many, few rows each) form a diagonal block and are eliminated; what
    remains is a Schur complement on the fixed effects and the facets, solved by a dense
    Cholesky factor. Variances are Harville's (1977) REML fixed point:
    σ²_g = u'u/(levels − λ tr C), σ²_e = y'(y − fitted)/(n − rank X), with an Aitken jump after
    every second round, as it creeps where a variance is small.

    Parameters
    ----------
    max_iter
        Rounds of the fixed point at most.
    tol
        Largest relative change of a variance at the end.
    max_dense
        Columns up to which the Schur complement is inverted densely. Above it, conjugate
        gradients solve for the effects and the reciprocal diagonal stands in for the
        inverse's, which makes se's a little too small (1 % at 15 judgements each), fixed
        effects' more.
    """

    def __init__(self, max_iter: int = 60, tol: float = 1e-4, max_dense: int = 5000) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.max_dense = max_dense

    def fit(
        self, X: FloatArray, y: FloatArray, *, owner: IntArray, facets: Sequence[IntArray]
    ) -> Self:
        """Estimate effects and variances.

        Parameters
        ----------
        X
            Fixed effects, full rank, with the intercept.
        y
            The response.
        owner
            Code of the eliminated factor in each row, 0 to its number of levels − 1.
        facets
            For each crossed factor, its code in each row; −1 where the row has none.

        Returns
        -------
        Self
            With `coef_`, `coef_ses_`, `effects_` and `ses_` (one array for each facet),
            `owner_effects_`, `owner_variance_`, `facet_variances_`, `residual_variance_`,
            `n_iter_`, `has_converged_`.
        """
        sizes = [int(codes.max(initial=-1)) + 1 for codes in facets]
        system = _build_system(X, y, owner, facets, sizes)
        bounds = np.cumsum([X.shape[1], *sizes])
        spread = float(np.var(y))
        floor = VARIANCE_FLOOR * spread + 1e-300
        # Residual first, then the owners, then the facets.
        variances = np.array([0.5, 0.4, *[0.1] * len(sizes)]) * spread + floor
        trail = [variances]
        self.has_converged_ = False
        for iteration in range(1, self.max_iter + 1):
            solution = _solve(system, variances, bounds, self.max_dense)
            updated = np.maximum(_next_variances(system, solution, variances, bounds, y), floor)
            change = np.abs(updated - variances)
            # A variance on its way to 0 creeps: once it moves by less than a tenth of the
            # tolerance of the whole, it has arrived.
            has_settled = (change < self.tol * variances) | (change < 0.1 * self.tol * spread)
            trail = [*trail[-2:], updated]
            variances, self.n_iter_ = updated, iteration
            if has_settled.all():
                self.has_converged_ = True
                break
            if len(trail) == 3:
                variances = np.maximum(_extrapolate(*np.log(trail)), floor)
                trail = [variances]
        solution = _solve(system, variances, bounds, self.max_dense)
        self.has_converged_ &= solution.is_solved
        return self._keep(solution, variances, bounds)

    def _keep(self, solution: _Solution, variances: FloatArray, bounds: IntArray) -> Self:
        ses = np.sqrt(variances[0] * np.maximum(solution.inverse_diagonal, 0.0))
        self.coef_, self.coef_ses_ = solution.kept[: bounds[0]], ses[: bounds[0]]
        parts = list(itertools.pairwise(bounds))
        self.effects_ = [solution.kept[start:stop] for start, stop in parts]
        self.ses_ = [ses[start:stop] for start, stop in parts]
        self.owner_effects_ = solution.owned
        self.residual_variance_ = float(variances[0])
        self.owner_variance_ = float(variances[1])
        self.facet_variances_ = [float(value) for value in variances[2:]]
        return self


def _build_system(
    X: FloatArray,
    y: FloatArray,
    owner: IntArray,
    facets: Sequence[IntArray],
    sizes: Sequence[int],
) -> _System:
    n_rows = len(y)
    blocks: list[sparse.csr_array] = [sparse.csr_array(X)]
    for codes, size in zip(facets, sizes, strict=True):
        rows = np.flatnonzero(codes >= 0)
        indicator = (np.ones(len(rows)), (rows, codes[rows]))
        blocks.append(sparse.csr_array(indicator, shape=(n_rows, size)))
    kept = sparse.csr_array(sparse.hstack(blocks))
    n_owners = int(owner.max(initial=-1)) + 1
    owners = sparse.csr_array(
        (np.ones(n_rows), (np.arange(n_rows), owner)), shape=(n_rows, n_owners)
    )
    return _System(
        kept=kept,
        owner=owner,
        gram=sparse.csr_array(kept.T @ kept),
        across=sparse.csr_array(owners.T @ kept),
        n_owned=group_sums(owner, np.ones(n_rows), n_owners),
        owned_response=group_sums(owner, y, n_owners),
        kept_response=kept.T @ y,
    )


def _solve(system: _System, variances: FloatArray, bounds: IntArray, max_dense: int) -> _Solution:
    ratios = variances[0] / variances[1:]
    size = int(bounds[-1])
    penalty = np.zeros(size)
    for start, stop, ratio in zip(bounds[:-1], bounds[1:], ratios[1:], strict=True):
        penalty[start:stop] = ratio
    inverse_owned = 1.0 / (system.n_owned + ratios[0])
    scaled = sparse.csr_array(system.across.multiply(inverse_owned[:, None]))
    schur = system.gram - system.across.T @ scaled + sparse.diags_array(penalty)
    response = system.kept_response - scaled.T @ system.owned_response
    is_solved = True
    if size <= max_dense:
        factor = linalg.cho_factor(schur.toarray(), lower=True, check_finite=False)
        inverse = linalg.cho_solve(factor, np.eye(size), check_finite=False)
        kept = inverse @ response
        trace = float((scaled.T @ scaled).multiply(inverse).sum())
        diagonal = np.diag(inverse).copy()
    else:
        diagonal = 1.0 / schur.diagonal()
        jacobi = sparse.diags_array(diagonal)
        kept, n_short = sparse.linalg.cg(sparse.csr_array(schur), response, rtol=1e-8, M=jacobi)
        is_solved = n_short == 0
        trace = float(scaled.power(2).sum(axis=0) @ diagonal)
    owned = inverse_owned * (system.owned_response - system.across @ kept)
    return _Solution(kept, owned, diagonal, float(inverse_owned.sum()) + trace, is_solved)


def _next_variances(
    system: _System,
    solution: _Solution,
    variances: FloatArray,
    bounds: IntArray,
    y: FloatArray,
) -> FloatArray:
    residual = y - system.kept @ solution.kept - solution.owned[system.owner]
    freedom = max(len(y) - int(bounds[0]), 1)
    ratios = variances[0] / variances[1:]
    owners = len(solution.owned) - ratios[0] * solution.owned_trace
    updated = [float(y @ residual) / freedom, _ratio(solution.owned, owners)]
    for start, stop, ratio in zip(bounds[:-1], bounds[1:], ratios[1:], strict=True):
        levels = (stop - start) - ratio * float(solution.inverse_diagonal[start:stop].sum())
        updated.append(_ratio(solution.kept[start:stop], levels))
    return np.array(updated)


def _extrapolate(first: FloatArray, second: FloatArray, third: FloatArray) -> FloatArray:
    """Jump to where a geometric approach would end (Aitken), on the log scale, by e² at most."""
    step, last = second - first, third - second
    rate = np.divide(last, step, out=np.zeros_like(last), where=np.abs(step) > 1e-12)
    rate = np.where((rate > 0) & (rate < 1), np.minimum(rate, 0.999), 0.0)
    jumped: FloatArray = np.exp(third + np.clip(last * rate / (1 - rate), -2.0, 2.0))
    return jumped


def _ratio(effects: FloatArray, levels: float) -> float:
    return float(effects @ effects) / levels if levels > 1e-9 else 0.0
