"""Where the variance of ratings comes from: interviewers, and everything else (A3, first step)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from python_models.experience.heterogeneity import between_variance
from python_models.fitted_table import FittedTable
from python_models.frames import FloatArray, as_floats, group_sums, plain_numbers, require_columns


class RatingComponents(BaseEstimator):
    """One-way random effects: rating = μ + interviewer + e, unbalanced.

    σ² is pooled within interviewers; τ² is Paule-Mandel's from the interviewers' means with
    variances σ²/n; μ is the mean weighted by 1/(τ² + σ²/n). Needs only n, the sum and the sum
    of squares of each interviewer.

    Parameters
    ----------
    min_ratings
        Interviewers with fewer ratings do not inform τ².
    """

    def __init__(self, min_ratings: int = 2) -> None:
        self.min_ratings = min_ratings

    def fit(self, n: FloatArray, total: FloatArray, total_squares: FloatArray) -> Self:
        """Estimate μ, τ² and σ².

        Parameters
        ----------
        n, total, total_squares
            Number, sum and sum of squares of each interviewer's ratings. Centre the ratings
            beforehand: sums of squares of large numbers lose digits.

        Returns
        -------
        Self
            With `mean_`, `interviewer_variance_`, `residual_variance_`, their `_se_`, `is_known_`.
        """
        freedom = float(n.sum() - len(n))
        self.is_known_ = freedom > 0 and len(n) > 1
        self.mean_ = float(total.sum() / n.sum()) if len(n) else float("nan")
        within = float((total_squares - total**2 / np.maximum(n, 1)).sum())
        self.residual_variance_ = max(within, 0.0) / freedom if freedom > 0 else 0.0
        self.interviewer_variance_ = 0.0
        self.mean_se_ = self.residual_variance_se_ = self.interviewer_variance_se_ = float("nan")
        if not self.is_known_:
            return self
        self.residual_variance_se_ = self.residual_variance_ * float(np.sqrt(2 / freedom))
        noise = np.maximum(self.residual_variance_, 1e-12) / n
        informs = n >= self.min_ratings
        found = between_variance((total / n)[informs], noise[informs])
        self.interviewer_variance_ = found.tau2
        weight = 1.0 / (found.tau2 + noise)
        self.mean_ = float(weight @ (total / n) / weight.sum())
        self.mean_se_ = float(np.sqrt(1.0 / weight.sum()))
        self.interviewer_variance_se_ = found.tau2_se
        return self


def fit_rating_components(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `RatingComponents` on the panel of rated sessions.

    Parameters
    ----------
    panel
        One row per rated session: `interviewer_id`, `rating` (mean of the items present), and
        what the adjustments will need: `candidate_key`, `verdict`, `ended_at`.
    **settings
        Settings of `RatingComponents`.

    Returns
    -------
    FittedTable
        Rows (component, level, value, value_se): mean, interviewer_variance, residual_variance,
        and candidate_variance, halo, trend, which are 0 until they are estimated.
    """
    require_columns(
        panel,
        ["session_id", "interviewer_id", "candidate_key", "rating", "verdict", "ended_at"],
        "rating_components",
    )
    rating = as_floats(panel["rating"])
    is_used = np.isfinite(rating) & panel["interviewer_id"].notna().to_numpy()
    codes, interviewers = pd.factorize(panel["interviewer_id"][is_used])
    origin = float(rating[is_used].mean()) if is_used.any() else 0.0
    centred = rating[is_used] - origin
    size = len(interviewers)
    model = RatingComponents(**settings).fit(
        group_sums(codes, np.ones(len(codes)), size),
        group_sums(codes, centred, size),
        group_sums(codes, centred**2, size),
    )
    table = _component_rows(model, origin)
    notes = []
    if not model.is_known_:
        notes.append("too few ratings to tell interviewers from noise: variances are 0")
    n_used = int(is_used.sum())
    return FittedTable(
        table,
        model.get_params(),
        _diagnostics(model, n_used, size),
        n_used,
        tuple(notes),
    )


def _diagnostics(model: RatingComponents, n_used: int, n_interviewers: int) -> dict[str, Any]:
    variance = model.interviewer_variance_ + model.residual_variance_
    share = model.interviewer_variance_ / variance if variance > 0 else float("nan")
    return plain_numbers(
        {
            "n_ratings": n_used,
            "n_interviewers": n_interviewers,
            "interviewer_share": share,
            "is_known": bool(model.is_known_),
            "adjusted_for": "nothing: not adjusted yet",
        }
    )


def _component_rows(model: RatingComponents, origin: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("mean", "", model.mean_ + origin, model.mean_se_),
            (
                "interviewer_variance",
                "",
                model.interviewer_variance_,
                model.interviewer_variance_se_,
            ),
            ("residual_variance", "", model.residual_variance_, model.residual_variance_se_),
            ("candidate_variance", "", 0.0, float("nan")),
            ("halo", "", 0.0, float("nan")),
            ("trend", "", 0.0, float("nan")),
        ],
        columns=["component", "level", "value", "value_se"],
    )
