"""What leaving owes to the circumstances of a session, not to its interviewer (A2)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import linalg
from scipy.special import expit
from sklearn.base import BaseEstimator

from python_models.cell_logistic import fit_cells
from python_models.design import CovariateDesign, build_design
from python_models.fitted_table import FittedTable
from python_models.frames import (
    FloatArray,
    as_floats,
    as_levels,
    group_sums,
    plain_numbers,
    require_columns,
)

CHURN_COVARIATES = (
    "interview_type",
    "is_first_session",
    "experience_level",
    "verdict",
    "performance",
    "session_month",
)


class ChurnCovariates(BaseEstimator):
    """Logistic model of leaving on the covariates of a session, unpenalised.

    Estimated on distinct covariate cells with their counts, which has the same likelihood as
    the sessions themselves. logit P(leave) = intercept + the coefficient of each level; the
    reference level of each covariate (the one with most sessions) has 0, and so has a level
    never seen in training.

    Parameters
    ----------
    min_level_sessions
        Levels with fewer sessions share the reference's coefficient.
    max_iter
        Newton steps at most.
    tol
        Largest gradient (per session) at the end.
    """

    def __init__(
        self, min_level_sessions: int = 30, max_iter: int = 100, tol: float = 1e-10
    ) -> None:
        self.min_level_sessions = min_level_sessions
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, covariates: pd.DataFrame, n_sessions: FloatArray, n_left: FloatArray) -> Self:
        """Estimate the coefficients.

        Parameters
        ----------
        covariates
            One row for each cell, one column for each covariate.
        n_sessions, n_left
            Sessions with a label in each cell, and candidates who left after one.

        Returns
        -------
        Self
            With `coefficients_` (covariate, level, coefficient, coefficient_se), `warnings_`.
        """
        total, left = float(np.sum(n_sessions)), float(np.sum(n_left))
        self.n_sessions_ = int(total)
        self.leave_rate_ = left / total if total else float("nan")
        if left <= 0 or left >= total:
            return self._fit_nothing_to_learn(total, left)
        design = build_design(covariates, n_sessions, n_left, min_n=self.min_level_sessions)
        self.warnings_ = list(design.warnings)
        n_cells = len(design.matrix)
        n = group_sums(design.cell, n_sessions, n_cells)
        events = group_sums(design.cell, n_left, n_cells)
        found = fit_cells(design.matrix, n, events, max_iter=self.max_iter, tol=self.tol)
        self.warnings_ += found.warnings
        beta = found.coefficients
        prob = expit(design.matrix @ beta)
        information = design.matrix.T @ ((n * prob * (1 - prob))[:, None] * design.matrix)
        ses = np.sqrt(np.diag(linalg.pinvh(information)))
        self.coefficients_ = _coefficient_rows(design, beta, ses)
        return self

    def predict_prob(self, covariates: pd.DataFrame) -> FloatArray:
        """Return the probability of leaving for each row of covariates.

        Parameters
        ----------
        covariates
            The columns the model was fitted on.

        Returns
        -------
        FloatArray
            Probabilities; levels unknown to the fit count as the reference.
        """
        by_covariate = self.coefficients_.groupby("covariate")
        predictor = np.zeros(len(covariates))
        for name, rows in by_covariate:
            lookup = rows.set_index("level")["coefficient"]
            if name == "intercept":
                predictor += float(lookup.iloc[0])
            else:
                predictor += as_levels(covariates[str(name)]).map(lookup).fillna(0.0).to_numpy()
        prob: FloatArray = expit(predictor)
        return prob

    def _fit_nothing_to_learn(self, total: float, left: float) -> Self:
        # Half a leaver more and half a stayer more keep the log-odds finite (Jeffreys prior).
        log_odds = float(np.log((left + 0.5) / (total - left + 0.5)))
        se = float(np.sqrt(1 / (left + 0.5) + 1 / (total - left + 0.5)))
        self.coefficients_ = pd.DataFrame(
            {
                "covariate": ["intercept"],
                "level": [""],
                "coefficient": [log_odds],
                "coefficient_se": [se],
            }
        )
        reason = "no labelled session" if total == 0 else "all labels are equal"
        self.warnings_ = [f"{reason}: only an intercept, no covariate is adjusted for"]
        return self


def fit_churn_covariates(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `ChurnCovariates` on the panel of covariate cells.

    Parameters
    ----------
    panel
        One row per cell: the covariates, `n_sessions`, `n_left`.
    **settings
        Settings of `ChurnCovariates`.

    Returns
    -------
    FittedTable
        Rows (covariate, level, coefficient, coefficient_se); level text as SQL spells it.
    """
    require_columns(panel, [*CHURN_COVARIATES, "n_sessions", "n_left"], "churn_covariates")
    model = ChurnCovariates(**settings)
    n_sessions = np.nan_to_num(as_floats(panel["n_sessions"]))
    n_left = np.nan_to_num(as_floats(panel["n_left"]))
    model.fit(panel[list(CHURN_COVARIATES)], n_sessions, n_left)
    diagnostics = {
        "n_sessions": model.n_sessions_,
        "leave_rate": model.leave_rate_,
        "n_cells": len(panel),
        "n_coefficients": len(model.coefficients_),
    }
    return FittedTable(
        table=model.coefficients_,
        settings=model.get_params(),
        diagnostics=plain_numbers(diagnostics),
        n_rows=len(panel),
        warnings=tuple(model.warnings_),
    )


def _coefficient_rows(design: CovariateDesign, beta: FloatArray, ses: FloatArray) -> pd.DataFrame:
    terms = [*design.columns, *design.fixed_levels]
    zeros = np.zeros(len(design.fixed_levels))
    rows = pd.DataFrame(terms, columns=["covariate", "level"])
    rows["coefficient"] = np.concatenate([beta, zeros])
    rows["coefficient_se"] = np.concatenate([ses, zeros])
    order = {name: i for i, name in enumerate(["intercept", *CHURN_COVARIATES])}
    rank = rows["covariate"].map(order).fillna(len(order))
    return (
        rows.assign(rank=rank)
        .sort_values(["rank", "covariate", "level"])
        .drop(columns="rank")
        .reset_index(drop=True)
    )
