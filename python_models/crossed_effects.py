"""Linear mixed model with one large eliminated factor and a few crossed ones (A3, B2)."""

import itertools
from collections.abc import Sequence
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from python_models.frames import FloatArray, IntArray
from python_models.mixed_equations import (
    Equations,
    Solution,
    Solver,
    build_equations,
    solve,
    solve_densely,
)
from python_models.probed_inverse import ProbedInverse

# A variance below this share of the response's is as good as none; the floor keeps the ratio
# of variances finite.
VARIANCE_FLOOR = 1e-6
# Up to so many levels BLAS's threads wait for each other longer than they work, ten times as
# long on a busy machine.
_ONE_THREAD = 2000


class CrossedEffects(BaseEstimator):
    """y = Xb + owner + Σ facets + e, Gaussian, by REML.

    The owners (candidates: many, few rows each) form a diagonal block and are eliminated; what
    remains is a Schur complement on the fixed effects and the facets. Variances are Harville's
    (1977) REML fixed point: σ²_g = u'u/(levels − λ tr C), σ²_e = y'(y − fitted)/(n − rank X),
    with an Aitken jump after every second round, as it creeps where a variance is small.

    Up to `max_dense` levels of the facets the Schur complement is inverted by a dense Cholesky
    factor and everything is exact. Above it, conjugate gradients give the effects, and the
    fixed effects' se's, to eight digits, and random probes the traces: at 50,000 levels the
    variances move by a thousandth with the probes' seed. A level's se then carries its facet's
    average excess over the reciprocal diagonal, and its own only as far as the probes can tell
    it: within 1 % where everybody meets everybody, up to a third off in cliques that share
    their owners with nobody else (more probes mend that).

    Parameters
    ----------
    max_iter
        Rounds of the fixed point at most.
    tol
        Largest relative change of a variance at the end.
    max_dense
        Levels of the facets, all together, up to which their matrix is inverted densely.
    n_probes
        Random probes above that.
    random_state
        Seed of the probes.
    """

    def __init__(
        self,
        max_iter: int = 60,
        tol: float = 1e-4,
        max_dense: int = 2000,
        n_probes: int = 8,
        random_state: int = 0,
    ) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.max_dense = max_dense
        self.n_probes = n_probes
        self.random_state = random_state

    def fit(
        self, X: FloatArray, y: FloatArray, *, owner: IntArray, facets: Sequence[IntArray]
    ) -> Self:
        """Estimate effects and variances.

        Parameters
        ----------
        X
            Fixed effects, full rank, with the intercept.
        y
            The response; centred, its squares keep their digits.
        owner
            Code of the eliminated factor in each row, 0 to its number of levels − 1.
        facets
            For each crossed factor, its code in each row; −1 where the row has none.

        Returns
        -------
        Self
            With `coef_`, `coef_ses_`, `coef_covariance_`, `effects_` and `ses_` (one array for
            each facet), `owner_effects_`, `owner_variance_`, `facet_variances_`,
            `residual_variance_`, `variance_ses_` (residual, owner, facets), `n_iter_`,
            `has_converged_`, `is_exact_`.
        """
        equations = build_equations(X, y, owner, facets)
        self.is_exact_ = bool(equations.bounds[-1] <= self.max_dense)
        solver: Solver = solve_densely
        if not self.is_exact_:
            solver = ProbedInverse(self.n_probes, self.random_state)
        n_threads = 1 if equations.bounds[-1] <= _ONE_THREAD or not self.is_exact_ else None
        with threadpool_limits(n_threads, user_api="blas"):
            variances = self._iterate(equations, float(np.var(y)), solver)
            solution = solve(equations, variances[0] / variances[1:], solver)
        self.has_converged_ &= solution.is_solved
        return self._keep(equations, solution, variances)

    def effects_of(
        self, X: FloatArray, y: FloatArray, *, owner: IntArray, facets: Sequence[IntArray]
    ) -> tuple[FloatArray, list[FloatArray]]:
        """Estimate what another response would give at the variances that `fit` found.

        Estimates are linear in the response: this one's effects are what they would move by if
        it were added to the first.

        Parameters
        ----------
        X, y, owner, facets
            As in `fit`.

        Returns
        -------
        tuple
            Fixed effects, and the effects of each facet.
        """
        equations = build_equations(X, y, owner, facets)
        solver: Solver = solve_densely
        if not self.is_exact_:
            solver = ProbedInverse(1, self.random_state)
        variances = np.array([self.owner_variance_, *self.facet_variances_])
        solution = solve(equations, self.residual_variance_ / variances, solver)
        parts = itertools.pairwise(equations.bounds)
        return solution.coef, [solution.effects[start:stop] for start, stop in parts]

    def _iterate(self, equations: Equations, spread: float, solver: Solver) -> FloatArray:
        n_facets = len(equations.bounds) - 1
        floor = VARIANCE_FLOOR * spread + 1e-300
        # Residual first, then the owners, then the facets.
        variances = np.array([0.5, 0.4, *[0.1] * n_facets]) * spread + floor
        trail = [variances]
        self.has_converged_, self.n_iter_ = False, 0
        for iteration in range(1, self.max_iter + 1):
            solution = solve(equations, variances[0] / variances[1:], solver)
            updated = np.maximum(_next_variances(equations, solution, variances), floor)
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
        return variances

    def _keep(self, equations: Equations, solution: Solution, variances: FloatArray) -> Self:
        noise = variances[0]
        self.coef_, self.coef_covariance_ = solution.coef, noise * solution.coef_inverse
        self.coef_ses_ = np.sqrt(np.maximum(np.diag(self.coef_covariance_), 0.0))
        ses = np.sqrt(noise * np.maximum(solution.diagonal, 0.0))
        parts = list(itertools.pairwise(equations.bounds))
        self.effects_ = [solution.effects[start:stop] for start, stop in parts]
        self.ses_ = [ses[start:stop] for start, stop in parts]
        self.owner_effects_ = solution.owned
        self.residual_variance_ = float(noise)
        self.owner_variance_ = float(variances[1])
        self.facet_variances_ = [float(value) for value in variances[2:]]
        self.variance_ses_ = _variance_ses(equations, solution, variances)
        return self


def _informed(equations: Equations, solution: Solution, ratios: FloatArray) -> FloatArray:
    """How many levels' worth the data say: levels − λ tr C, owners first."""
    owners = len(solution.owned) - ratios[0] * solution.owned_trace
    facets = np.diff(equations.bounds) - ratios[1:] * solution.traces
    return np.array([owners, *facets])


def _next_variances(equations: Equations, solution: Solution, variances: FloatArray) -> FloatArray:
    # y'(y − fitted) from sums: rows are not visited again.
    explained = (
        equations.fixed_response @ solution.coef
        + equations.facets_response @ solution.effects
        + equations.owned_response @ solution.owned
    )
    freedom = max(equations.n_rows - len(solution.coef), 1)
    updated = [float(equations.response_square - explained) / freedom]
    informed = _informed(equations, solution, variances[0] / variances[1:])
    parts = itertools.pairwise(equations.bounds)
    groups = [solution.owned, *[solution.effects[start:stop] for start, stop in parts]]
    updated += [_ratio(group, n) for group, n in zip(groups, informed, strict=True)]
    return np.array(updated)


def _variance_ses(equations: Equations, solution: Solution, variances: FloatArray) -> FloatArray:
    """Large-sample se's, from the diagonal of the information: σ²√(2/Σ reliability²).

    Exact where groups are balanced and apart; overlap between factors is left out. NaN where
    the data say nothing.
    """
    ratios = variances[0] / variances[1:]
    informed = _informed(equations, solution, ratios)
    own = equations.n_owned / (equations.n_owned + ratios[0])
    reliabilities = [own * informed[0] / own.sum()]
    for i, (start, stop) in enumerate(itertools.pairwise(equations.bounds)):
        reliabilities.append(1.0 - ratios[1 + i] * solution.diagonal[start:stop])
    n_eff = [equations.n_rows - len(solution.coef) - informed.sum()]
    n_eff += [float(reliability @ reliability) for reliability in reliabilities]
    return np.array(
        [
            value * np.sqrt(2.0 / n) if n > 1e-6 else np.nan
            for value, n in zip(variances, n_eff, strict=True)
        ]
    )


def _extrapolate(first: FloatArray, second: FloatArray, third: FloatArray) -> FloatArray:
    """Jump to where a geometric approach would end (Aitken), on the log scale, by e² at most."""
    step, last = second - first, third - second
    rate = np.divide(last, step, out=np.zeros_like(last), where=np.abs(step) > 1e-12)
    rate = np.where((rate > 0) & (rate < 1), np.minimum(rate, 0.999), 0.0)
    jumped: FloatArray = np.exp(third + np.clip(last * rate / (1 - rate), -2.0, 2.0))
    return jumped


def _ratio(effects: FloatArray, levels: float) -> float:
    return float(effects @ effects) / levels if levels > 1e-9 else 0.0
