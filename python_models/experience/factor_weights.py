"""The estimator of the feedback factors' weights (A4)."""

from typing import Self

import numpy as np
import pandas as pd
from scipy import linalg, stats
from sklearn.base import BaseEstimator

from python_models.design import CovariateDesign, build_design
from python_models.experience import weight_rules
from python_models.experience.leaving_rows import (
    Codes,
    LeavingRows,
    first_step,
    fit_covariates,
)
from python_models.frames import FloatArray
from python_models.logistic import fit_logistic


class FactorWeights(BaseEstimator):
    """Weights in a linear score, from the effect of each factor's past mean on leaving.

    Leaving is regressed (logistic) on the interviewer's past mean of each factor and on the
    session's covariates. w0 is minus the coefficients, P their inverse covariance divided by
    `cluster_factor` (sessions of one interviewer are not independent). The weights are drawn
    to a common scale s by a prior and kept at 0 or above, which is what makes them better than
    equal ones on realistic numbers of sessions; then normalised and rounded.

    Equal weights are kept when there are fewer than `min_sessions`, when nobody or everybody
    left, when interviewers do not differ in leaving at all (Cochran's Q at level `alpha`, the
    test of `InterviewerEffects` on these sessions), when s is not above 0, or when s is not
    told apart from 0 at level `alpha`.

    Ranges are 5 % and 95 % points of draws by "randomise, then optimise": both w0 and the
    prior's centre get their normal noise and the restricted problem is solved anew. For a
    linear problem these are posterior draws (Bardsley et al. 2014), so the range counts what
    the prior does not know; resampling sessions would count only the noise the prior has
    already suppressed, and costs a refit each.

    Parameters
    ----------
    cluster_factor
        Inflation of the covariance for sessions clustered in interviewers.
    prior_sd
        Standard deviation of a weight around s/K, as a share of s.
    step
        Published weights are multiples of it.
    min_sessions
        Labelled sessions needed to leave equal weights.
    min_level_sessions
        Covariate levels with fewer sessions share the reference's coefficient.
    min_group_sessions
        Interviewers with fewer sessions do not take part in the Q-test.
    alpha
        Level of the Q-test, and of the one-sided test of s > 0.
    n_draws, random_state
        Draws for the ranges, and their seed.
    """

    def __init__(
        self,
        cluster_factor: float = 1.3,
        prior_sd: float = 0.15,
        step: float = 0.05,
        min_sessions: int = 10_000,
        min_level_sessions: int = 30,
        min_group_sessions: int = 3,
        alpha: float = 0.05,
        n_draws: int = 500,
        random_state: int = 20_240_101,
    ) -> None:
        self.cluster_factor = cluster_factor
        self.prior_sd = prior_sd
        self.step = step
        self.min_sessions = min_sessions
        self.min_level_sessions = min_level_sessions
        self.min_group_sessions = min_group_sessions
        self.alpha = alpha
        self.n_draws = n_draws
        self.random_state = random_state

    def fit(
        self,
        X: FloatArray,
        y: FloatArray,
        *,
        covariates: pd.DataFrame | None = None,
        groups: Codes | None = None,
    ) -> Self:
        """Estimate the weights.

        Parameters
        ----------
        X
            Sessions x factors: the interviewer's mean of each factor before the session.
        y
            1 where the candidate left after the session, else 0.
        covariates
            The session's covariates, as text levels.
        groups
            The session's interviewer, coded from 0; without it there is no Q-test.

        Returns
        -------
        Self
            With `weights_`, `raw_weights_`, `low_`, `high_`, `effects_` (w0), `precision_`,
            `scale_` (s), `q_p_value_` (NaN without the test), `is_default_`, `reason_`,
            `warnings_`.
        """
        n_rows, n_factors = X.shape
        self.warnings_: list[str] = []
        self.effects_ = np.zeros(n_factors)
        self.precision_ = np.zeros((n_factors, n_factors))
        self.scale_, self.scale_se_ = 0.0, float("inf")
        self.q_p_value_ = float("nan")
        if n_rows < self.min_sessions:
            return self._keep_equal(
                f"{n_rows} labelled sessions with a past, fewer than {self.min_sessions}"
            )
        if y.min() == y.max():
            return self._keep_equal("nobody or everybody left")
        table = pd.DataFrame(index=range(n_rows)) if covariates is None else covariates
        design = build_design(table, np.ones(n_rows), y, min_n=self.min_level_sessions)
        self.warnings_ += design.warnings
        if groups is not None and not self._interviewers_differ(design, y, groups):
            return self._keep_equal("no interviewer effect on leaving is detectable (Q-test)")
        self._regress(X, y, design)
        self.scale_, self.scale_se_ = weight_rules.common_scale(self.effects_, self.precision_)
        if self.scale_ <= 0:
            return self._keep_equal("better ratings do not go with staying (s <= 0)")
        if self.scale_ / self.scale_se_ < stats.norm.isf(self.alpha):
            return self._keep_equal("the factors' effect on staying is not told apart from 0")
        return self._solve()

    def _interviewers_differ(self, design: CovariateDesign, y: FloatArray, groups: Codes) -> bool:
        size = int(groups.max(initial=-1)) + 1
        rows = LeavingRows(design.matrix, design.cell, groups, y, None, size)
        alone = fit_covariates(rows)
        self.warnings_ += alone.warnings
        step = first_step(rows, alone.coefficients, self.min_group_sessions)
        self.q_p_value_ = step.heterogeneity.q_p_value
        return step.is_detectable(self.alpha)

    def _regress(self, X: FloatArray, y: FloatArray, design: CovariateDesign) -> None:
        found = fit_logistic(X - X.mean(axis=0), y, cell=design.cell, matrix=design.matrix)
        if not found.has_converged:
            self.warnings_.append("the logistic fit of leaving has not converged")
        size = X.shape[1]
        self.effects_ = -found.coefficients[:size]
        across = found.information[:size, size:]
        nuisance = linalg.pinvh(found.information[size:, size:])
        marginal = found.information[:size, :size] - across @ nuisance @ across.T
        self.precision_ = marginal / self.cluster_factor

    def _solve(self) -> Self:
        def solve(noise: FloatArray | None) -> FloatArray:
            return weight_rules.regularised_weights(
                self.effects_, self.precision_, self.scale_, self.prior_sd, noise
            )

        self.raw_weights_ = solve(None)
        self.weights_ = weight_rules.round_weights(self.raw_weights_, self.step)
        rng = np.random.default_rng(self.random_state)
        noise = rng.standard_normal((self.n_draws, 2 * len(self.effects_)))
        draws = np.array([solve(row) for row in noise])
        self.low_, self.high_ = np.quantile(draws, [0.05, 0.95], axis=0)
        self.is_default_, self.reason_ = False, "estimated"
        return self

    def _keep_equal(self, reason: str) -> Self:
        equal = weight_rules.equal_weights(len(self.effects_))
        self.weights_, self.raw_weights_ = equal, equal.copy()
        # Nothing was learned about the weights: their range is what weights can be at all.
        self.low_, self.high_ = np.zeros(len(equal)), np.ones(len(equal))
        self.is_default_, self.reason_ = True, reason
        self.warnings_.append(f"equal weights: {reason}")
        return self
