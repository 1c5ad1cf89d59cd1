"""What a rating is made of: interviewer, candidate, verdict, time, and the rest (A3)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from python_models.crossed_effects import VARIANCE_FLOOR, CrossedEffects
from python_models.design import independent_columns
from python_models.experience.rating_drift import fit_semivariogram
from python_models.experience.rating_panel import RatingPanel, read_rating_panel
from python_models.fitted_table import FittedTable
from python_models.frames import FloatArray, IntArray, plain_numbers

_DAYS_A_YEAR = 365.25
# With fewer ratings, or sooner after the first, halo and trend would be noise on a large scale.
_FEWEST_RATINGS = 10
_FEWEST_DAYS = 30.0
_SCALARS = (
    "mean",
    "mean_verdict",
    "halo",
    "trend",
    "reference_day",
    "interviewer_variance",
    "candidate_variance",
    "residual_variance",
    "adjusted_variance",
    "drift_variance",
)


class RatingComponents(BaseEstimator):
    """Crossed Gaussian model of ratings, variances by REML.

    rating = mean + halo·(verdict − mean verdict) + trend·(t − reference day) + interviewer +
    candidate + e, with verdict 1 for yes, 0 for no, their mean where there is none, and t in
    years. Assumes that who meets whom does not depend on e.

    SQL repeats, for each rating: residual = rating − mean − halo·(verdict − mean_verdict) −
    trend·(day − reference_day)/365.25 − interviewer; leniency of a candidate with n residuals
    = their sum/(n + residual_variance/candidate_variance), 0 where candidate_variance is 0.

    The adjusted rating (less leniency, halo and trend) scatters around its interviewer's level
    of the time with `adjusted_variance`, and that level moves with `drift_variance` a week;
    both are as the adjusted ratings show them, from each of which leniency has taken a share
    1/(n + ratio): a quarter less, at four ratings a candidate, than the level's own.

    Parameters
    ----------
    max_iter, tol, max_dense
        Settings of `CrossedEffects`.
    """

    def __init__(self, max_iter: int = 100, tol: float = 1e-4, max_dense: int = 2000) -> None:
        self.max_iter = max_iter
        self.tol = tol
        self.max_dense = max_dense

    def fit(self, ratings: RatingPanel) -> Self:
        """Estimate the components.

        Parameters
        ----------
        ratings
            Arrays of the panel, sorted by interviewer and time.

        Returns
        -------
        Self
            With `values_` and `value_ses_` (by component; NaN where an se is not known),
            `effects_` and `effect_ses_` (by interviewer), `model_` (None where there was
            nothing to learn), `n_pairs_`, `warnings_`.
        """
        self.warnings_: list[str] = []
        self.values_ = dict.fromkeys(_SCALARS, 0.0)
        self.value_ses_ = dict.fromkeys(_SCALARS, float("nan"))
        self.effects_ = np.zeros(ratings.n_interviewers)
        self.effect_ses_ = np.zeros(ratings.n_interviewers)
        self.model_: CrossedEffects | None = None
        self.n_pairs_ = 0
        if not len(ratings.rating):
            self.warnings_.append("no ratings: nothing is adjusted")
            return self
        origin = float(ratings.rating.mean())
        self.values_ |= {
            "mean": origin,
            "mean_verdict": ratings.mean_verdict,
            "reference_day": float(ratings.day.max()),
        }
        centred = ratings.rating - origin
        if float(np.abs(centred).max()) < 1e-9:
            self.warnings_.append("all ratings are equal: nothing is adjusted")
            return self
        self._estimate(ratings, centred)
        return self

    def _estimate(self, ratings: RatingPanel, centred: FloatArray) -> None:
        design, names, years = self._fixed_design(ratings)
        interviewer, candidate = self._told_apart(ratings)
        model = CrossedEffects(self.max_iter, self.tol, self.max_dense)
        self.model_ = model.fit(design, centred, owner=candidate, facets=[interviewer])
        if not model.has_converged_:
            self.warnings_.append("the variances of the ratings have not converged")
        if len(model.effects_[0]) == ratings.n_interviewers > 1:
            self.effects_, self.effect_ses_ = model.effects_[0], model.ses_[0]
        found = dict(zip(names, model.coef_, strict=True))
        self.values_ |= {name: float(found.get(name, 0.0)) for name in ("halo", "trend")}
        # The design's intercept is at the mean day; `mean` is at the reference day.
        at_reference = np.array([1.0, *(-years if name == "trend" else 0.0 for name in names[1:])])
        self.values_["mean"] += float(at_reference @ model.coef_)
        covariance = model.coef_covariance_
        self.value_ses_["mean"] = float(np.sqrt(at_reference @ covariance @ at_reference))
        self.value_ses_ |= dict(zip(names[1:], map(float, model.coef_ses_[1:]), strict=True))
        self._keep_variances(model, float(np.var(centred)))
        leniency = model.owner_effects_[candidate]
        self._follow(ratings, centred - design[:, 1:] @ model.coef_[1:] - leniency)

    def _keep_variances(self, model: CrossedEffects, spread: float) -> None:
        names = ("residual_variance", "candidate_variance", "interviewer_variance")
        variances = (model.residual_variance_, model.owner_variance_, model.facet_variances_[0])
        for name, value, se in zip(names, variances, model.variance_ses_, strict=True):
            is_none = value <= 2 * VARIANCE_FLOOR * spread
            self.values_[name] = 0.0 if is_none else value
            self.value_ses_[name] = float("nan") if is_none else float(se)

    def _follow(self, ratings: RatingPanel, adjusted: FloatArray) -> None:
        found = fit_semivariogram(adjusted, ratings.day / 7.0, ratings.interviewer)
        self.n_pairs_ = found.n_pairs
        if not found.n_pairs:
            self.values_["adjusted_variance"] = self.values_["residual_variance"]
            self.warnings_.append("no interviewer has two ratings: drift is not estimated")
            return
        self.values_ |= {"adjusted_variance": found.nugget, "drift_variance": found.drift}
        self.value_ses_ |= {
            "adjusted_variance": found.nugget_se,
            "drift_variance": found.drift_se,
        }

    def _fixed_design(self, ratings: RatingPanel) -> tuple[FloatArray, list[str], float]:
        """Intercept, verdict and years, both centred; and the mean year before the reference."""
        years = (ratings.day - ratings.day.max()) / _DAYS_A_YEAR
        verdict = np.where(np.isfinite(ratings.verdict), ratings.verdict, ratings.mean_verdict)
        n = len(years)
        design = np.column_stack([np.ones(n), verdict - verdict.mean(), years - years.mean()])
        names = np.array(["mean", "halo", "trend"])
        if float(np.ptp(ratings.day)) < _FEWEST_DAYS:
            self.warnings_.append(f"less than {_FEWEST_DAYS:.0f} days of ratings: no trend")
            design[:, 2] = 0.0
        if n < _FEWEST_RATINGS:
            self.warnings_.append(f"fewer than {_FEWEST_RATINGS} ratings: no halo, no trend")
            design[:, 1:] = 0.0
        elif not np.isfinite(ratings.verdict).any():
            self.warnings_.append("no verdicts: no halo")
        elif not np.ptp(verdict):
            self.warnings_.append("all verdicts are equal: no halo")
        kept = independent_columns(design.T @ design)
        return design[:, kept], names[kept].tolist(), float(years.mean())

    def _told_apart(self, ratings: RatingPanel) -> tuple[IntArray, IntArray]:
        """Codes of both factors; where ratings cannot tell one from the rest, it has one level."""
        interviewer, candidate = ratings.interviewer, ratings.candidate
        n, nobody = len(interviewer), np.zeros(len(interviewer), dtype=np.int64)
        if ratings.n_interviewers == 1:
            self.warnings_.append("one interviewer: the variance between them is 0")
        elif ratings.n_interviewers == n:
            self.warnings_.append("one rating for each interviewer: their variance is 0")
            interviewer = nobody
        if ratings.n_candidates == 1:
            self.warnings_.append("one candidate: leniency is not adjusted for")
        elif ratings.n_candidates == n:
            self.warnings_.append("one rating from each candidate: leniency is not adjusted for")
            candidate = nobody
        elif ratings.n_candidates == ratings.n_interviewers == ratings.n_meetings:
            self.warnings_.append("each candidate has an interviewer alone: no leniency")
            candidate = nobody
        return interviewer, candidate


def fit_rating_components(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `RatingComponents` on the panel of rated sessions.

    Parameters
    ----------
    panel
        One row per rated session: `interviewer_id`, `candidate_key`, `verdict` (yes, no or
        none), `rating` (mean of the items present), `ended_at`.
    **settings
        Settings of `RatingComponents`.

    Returns
    -------
    FittedTable
        Rows (component, level, value, value_se): mean, mean_verdict, halo, trend (per year),
        reference_day (since 1970, UTC), interviewer_variance, candidate_variance,
        residual_variance, adjusted_variance, drift_variance (per week), and `interviewer` for
        each of them.
    """
    ratings = read_rating_panel(panel)
    fitted = RatingComponents(**settings).fit(ratings)
    scalars = pd.DataFrame(
        [(name, "", fitted.values_[name], fitted.value_ses_[name]) for name in _SCALARS],
        columns=["component", "level", "value", "value_se"],
    )
    effects = pd.DataFrame(
        {
            "component": "interviewer",
            "level": ratings.interviewers,
            "value": fitted.effects_,
            "value_se": fitted.effect_ses_,
        }
    )
    parts = [part for part in (scalars, effects) if len(part)]
    return FittedTable(
        table=pd.concat(parts, ignore_index=True),
        settings=fitted.get_params(),
        diagnostics=_diagnostics(fitted, ratings),
        n_rows=len(ratings.rating),
        warnings=tuple(fitted.warnings_),
    )


def _diagnostics(fitted: RatingComponents, ratings: RatingPanel) -> dict[str, Any]:
    parts = ("interviewer", "candidate", "residual")
    variances = {part: fitted.values_[f"{part}_variance"] for part in parts}
    total = sum(variances.values())
    model = fitted.model_
    found: dict[str, Any] = {
        "n_ratings": len(ratings.rating),
        "n_left_out": ratings.n_left_out,
        "n_interviewers": ratings.n_interviewers,
        "n_candidates": ratings.n_candidates,
        "n_without_verdict": int((~np.isfinite(ratings.verdict)).sum()),
        "n_days": float(np.ptp(ratings.day)) if len(ratings.day) else 0.0,
        "n_session_pairs": fitted.n_pairs_,
        "is_known": fitted.values_["interviewer_variance"] > 0,
        "n_iterations": model.n_iter_ if model else 0,
        "has_converged": model.has_converged_ if model else True,
        "is_exact": model.is_exact_ if model else True,
    }
    found |= {
        f"{part}_share": value / total if total > 0 else float("nan")
        for part, value in variances.items()
    }
    return plain_numbers(found)
