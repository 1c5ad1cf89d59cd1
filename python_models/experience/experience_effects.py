"""Learned interviewer effects on leaving: the exact penalised fit from counts (A2)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from python_models.design import build_design
from python_models.experience.churn_covariates import CHURN_COVARIATES
from python_models.experience.joint_leaving import fit_jointly
from python_models.experience.leaving_rows import (
    Codes,
    Counts,
    LeavingRows,
    first_step,
    fit_covariates,
)
from python_models.fitted_table import FittedTable
from python_models.frames import FloatArray, as_floats, level_codes, plain_numbers, require_columns

# 5 % of a normal distribution lie above it: intervals are of 90 %.
_NORMAL_95 = 1.6448536269514722


class InterviewerEffects(BaseEstimator):
    """Interviewer effects on the log-odds of leaving, net of the covariates.

    logit P(leave) = covariates·β − effect of the interviewer, effects normal with variance τ².
    β comes first from the cells alone. With S = Σ(y − p) and V = Σ p(1 − p) over an
    interviewer's sessions, e = S/V estimates minus the effect with variance 1/V; τ² is
    Paule-Mandel's over those estimates, and one step shrinks them: e·τ²/(τ² + 1/V) (Morris
    1983). Newton steps on the penalised likelihood of β and the effects together then end
    where lme4's `glmer(nAGQ = 0)` ends at the same τ² (Bates et al. 2015). Given τ² and β the
    se is sqrt(1/(V + 1/τ²)).

    Where τ² is estimated as 0 the effects are 0, but their se uses the largest τ² that could
    have stayed unseen: seeing nothing is not knowing that there is nothing.

    The effect is conditional on the covariates and on nothing else: moods and candidates' own
    restlessness, which no covariate names, draw the effects on the log-odds some per cent
    towards 0 (marginal against conditional effects), and where restless candidates are led to
    certain interviewers the effects and their intervals take that for the interviewers' doing.
    An effect is the average over all labelled sessions of an interviewer, not the present.

    Parameters
    ----------
    min_sessions
        Interviewers with fewer sessions are shrunk, but do not inform τ².
    se_factor
        Published se over the model's: measured coverage of the raw one is 84-86 % for 90 %.
    alpha
        Level of the test for any effect at all.
    max_steps
        Newton steps at most; with 0 the first step is the estimate.
    tol
        Largest move of a log-odds in the last step; what is left to go is far less.
    """

    def __init__(
        self,
        min_sessions: int = 3,
        se_factor: float = 1.1,
        alpha: float = 0.05,
        max_steps: int = 30,
        tol: float = 1e-3,
    ) -> None:
        self.min_sessions = min_sessions
        self.se_factor = se_factor
        self.alpha = alpha
        self.max_steps = max_steps
        self.tol = tol

    def fit(
        self,
        matrix: FloatArray,
        n_left: Counts,
        *,
        cell: Codes,
        interviewer: Codes,
        n_sessions: Counts | None = None,
        n_interviewers: int | None = None,
    ) -> Self:
        """Estimate τ², the coefficients and each interviewer's effect.

        Parameters
        ----------
        matrix
            Covariate cells x columns of full rank, the intercept first.
        n_left
            For each row how many candidates left.
        cell, interviewer
            For each row its line of `matrix` and its interviewer, coded from 0.
        n_sessions
            For each row how many sessions it counts; None where each row is a session.
        n_interviewers
            One more than the largest code; None: as found.

        Returns
        -------
        Self
            With `effects_` (minus log-odds of leaving: higher means candidates stay), `ses_`,
            `low_` and `high_` (90 %), `coefficients_`, `n_sessions_`, `heterogeneity_`,
            `is_detectable_`, `n_steps_`, `warnings_`.
        """
        size = int(interviewer.max(initial=-1)) + 1 if n_interviewers is None else n_interviewers
        rows = LeavingRows(matrix, cell, interviewer, n_left, n_sessions, size)
        # The solves are small: waiting threads of BLAS would cost more than they help.
        with threadpool_limits(1, user_api="blas"):
            return self._fit_rows(rows)

    def _fit_rows(self, rows: LeavingRows) -> Self:
        alone = fit_covariates(rows)
        self.coefficients_, self.warnings_ = alone.coefficients, list(alone.warnings)
        step = first_step(rows, self.coefficients_, self.min_sessions)
        self.n_sessions_, self.heterogeneity_ = step.n_sessions, step.heterogeneity
        self.is_detectable_ = step.is_detectable(self.alpha)
        self.n_steps_ = 0
        tau2, information = self.heterogeneity_.tau2, step.information
        # e·τ²/(τ² + 1/V) = S·τ²/(τ²V + 1), which also holds for V = 0.
        leaving = step.residual_sum * tau2 / (tau2 * information + 1.0)
        if tau2 > 0 and self.max_steps > 0:
            leaving, information = self._move_jointly(rows, leaving, tau2)
        self.effects_ = 0.0 - leaving
        spread = tau2 if tau2 > 0 else self._largest_unseen_variance()
        self.ses_ = self.se_factor * np.sqrt(spread / (spread * information + 1.0))
        self.low_ = self.effects_ - _NORMAL_95 * self.ses_
        self.high_ = self.effects_ + _NORMAL_95 * self.ses_
        return self

    def _move_jointly(
        self, rows: LeavingRows, leaving: FloatArray, tau2: float
    ) -> tuple[FloatArray, FloatArray]:
        found = fit_jointly(
            rows,
            self.coefficients_,
            leaving,
            tau2=tau2,
            max_steps=self.max_steps,
            tol=self.tol,
        )
        self.coefficients_, self.n_steps_ = found.coefficients, found.n_steps
        if not found.has_converged:
            self.warnings_.append(f"the joint fit has not converged in {found.n_steps} steps")
        return found.effects, found.information

    def _largest_unseen_variance(self) -> float:
        found = self.heterogeneity_
        # Estimates closer together than chance allows push even the upper end to 0.
        unseen = _NORMAL_95 * found.tau2_se if found.n_groups > 1 else 0.0
        return max(found.tau2_high, unseen)


def fit_experience_effects(
    panel: pd.DataFrame, *, min_level_sessions: int = 30, **settings: Any
) -> FittedTable:
    """Fit `InterviewerEffects` on the panel of counts.

    Parameters
    ----------
    panel
        One row per interviewer and covariate cell: the covariates, `n_sessions`, `n_left`.
    min_level_sessions
        Covariate levels with fewer sessions share the reference's coefficient.
    **settings
        Settings of `InterviewerEffects`.

    Returns
    -------
    FittedTable
        Rows (interviewer_id, n_sessions, churn_effect, churn_effect_se).
    """
    required = ["interviewer_id", *CHURN_COVARIATES, "n_sessions", "n_left"]
    require_columns(panel, required, "experience_effects")
    is_known = panel["interviewer_id"].notna()
    known = panel if is_known.all() else panel[is_known]
    who, people = level_codes(known["interviewer_id"])
    n_sessions = np.nan_to_num(as_floats(known["n_sessions"]))
    n_left = np.nan_to_num(as_floats(known["n_left"]))
    design = build_design(
        known[list(CHURN_COVARIATES)], n_sessions, n_left, min_n=min_level_sessions
    )
    model = InterviewerEffects(**settings).fit(
        design.matrix,
        n_left,
        cell=design.cell,
        interviewer=who,
        n_sessions=n_sessions,
        n_interviewers=len(people),
    )
    table = pd.DataFrame(
        {
            "interviewer_id": np.array(people, dtype=object),
            "n_sessions": model.n_sessions_.astype(np.int64),
            "churn_effect": model.effects_,
            "churn_effect_se": model.ses_,
        }
    )
    notes = [*design.warnings, *model.warnings_]
    if not model.is_detectable_:
        notes.append("no interviewer effect on leaving is detectable")
    settings_used = {**model.get_params(), "min_level_sessions": min_level_sessions}
    return FittedTable(table, settings_used, _diagnostics(model), len(known), tuple(notes))


def _diagnostics(model: InterviewerEffects) -> dict[str, Any]:
    found = model.heterogeneity_
    return plain_numbers(
        {
            "tau2": found.tau2,
            "tau2_low": found.tau2_low,
            "tau2_high": found.tau2_high,
            "q_statistic": found.q_statistic,
            "q_p_value": found.q_p_value,
            "is_detectable": bool(model.is_detectable_),
            "n_interviewers": len(model.effects_),
            "n_interviewers_in_tau2": found.n_groups,
            "n_steps": model.n_steps_,
        }
    )
