"""How far each interviewer's verdicts sit from others' on the same candidates (B2)."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from python_models.calibration.comparison_sets import comparison_sets
from python_models.calibration.composite import ITEMS, learn_scale
from python_models.calibration.discrimination import discriminate
from python_models.calibration.hidden_selection import leniency_per_hidden_ability
from python_models.calibration.judgement_rows import JudgementRows, judgement_rows
from python_models.crossed_effects import CrossedEffects
from python_models.fitted_table import FittedTable
from python_models.frames import BoolArray, FloatArray, as_floats, plain_numbers, require_columns

REQUIRED = (
    "session_id",
    "is_real",
    "candidate_key",
    "interviewer_id",
    "company_id",
    "interview_type",
    "n_earlier_sessions",
    *ITEMS,
)
COLUMNS = ["facet", "level", "estimate", "estimate_se", "n_judgements", "comparison_set_id"]


class InterviewerLeniency(BaseEstimator):
    """Many-facet model over all mock and real judgements (Linacre 1989; B2).

    z = x'b + ability(candidate) + leniency(interviewer, mock) + bar(company, real) + e,
    all but b Gaussian with REML variances; x = intercept, is_real, ln(1 + earlier sessions),
    interview type. Candidates who were never selected stay in, so selection, which depends on
    judgements in the likelihood, is ignorable (Rubin 1976).

    SQL repeats these formulas from the fitted rows:

    - z = mean over the items present of (item − `item:<item>:mean`)/`item:<item>:sd`, with the
      `real_` constants for real judgements; `would_advance` counts as 0 or 1;
    - x'b = `fixed:intercept` + `fixed:is_real`·[real] + `fixed:practice`·ln(1 +
      n_earlier_sessions) + `fixed:type:<interview_type>` (absent: 0);
    - residual of a judgement r = z − x'b − (`interviewer:<id>` if mock, `company:<id>` if real;
      absent: 0);
    - a candidate's ability before a judgement, from the n earlier ones: mean of their r times
      reliability, reliability = A/(A + E/n), A = `variance:candidate`, E =
      `variance:residual`; 0 and 0 for n = 0; on the day, plus `fixed:practice`·ln(1 +
      n_earlier_sessions).

    Parameters
    ----------
    se_factor
        Published se over the model's.
    max_iter, tol, max_dense
        Settings of `CrossedEffects`.
    """

    def __init__(
        self,
        se_factor: float = 1.2,
        max_iter: int = 60,
        tol: float = 1e-4,
        max_dense: int = 2000,
    ) -> None:
        self.se_factor = se_factor
        self.max_iter = max_iter
        self.tol = tol
        self.max_dense = max_dense

    def fit(self, judgements: pd.DataFrame) -> Self:
        """Estimate leniency and everything it is net of.

        Parameters
        ----------
        judgements
            One row per judgement, with the columns in `REQUIRED`.

        Returns
        -------
        Self
            With `rows_` (the fitted table), `model_` (None where there was nothing to learn),
            `n_used_`, `n_comparison_sets_`, `warnings_`.
        """
        self.warnings_: list[str] = []
        is_real = np.nan_to_num(as_floats(judgements["is_real"])) > 0
        scale = learn_scale(judgements, is_real)
        z = scale.composite(judgements, is_real)
        is_used = np.isfinite(z) & judgements["candidate_key"].notna().to_numpy()
        used, is_real, z = judgements[is_used], is_real[is_used], z[is_used]
        self.n_used_, self.n_real_ = len(used), int(is_real.sum())
        # A number has no interval here, and belongs to no set: it is a constant.
        constants = [("item", level, value) for level, value in scale.constants.items()]
        self.rows_ = _rows(constants)
        self.model_: CrossedEffects | None = None
        self.n_comparison_sets_ = 0
        self.discrimination_variance_ = 0.0
        if self.n_used_ < 2 or float(np.var(z)) <= 0:
            self.warnings_.append("no judgements that differ: leniency is not estimated")
            return self
        if self.n_real_ == 0:
            self.warnings_.append("no real judgements: leniency is among interviewers only")
        self._estimate(used, z, is_real)
        return self

    def _estimate(self, used: pd.DataFrame, z: FloatArray, is_real: BoolArray) -> None:
        rows = judgement_rows(used, is_real)
        model = CrossedEffects(self.max_iter, self.tol, self.max_dense)
        self.model_ = model.fit(rows.X, z, owner=rows.candidate, facets=rows.facets)
        if not model.has_converged_:
            self.warnings_.append("the variances of the leniency model have not converged")
        if not model.is_exact_:
            self.warnings_.append("so many interviewers that se's are estimated, within about 1 %")
        variances = [model.owner_variance_, *model.facet_variances_, model.residual_variance_]
        parts = ["candidate", "interviewer", "company", "residual"]
        sets = comparison_sets(rows.candidate, rows.interviewer, rows.company)
        self.n_comparison_sets_ = len(set(np.concatenate(sets).tolist()))
        fixed = _rows(
            [("fixed", *pair) for pair in zip(rows.fixed_names, model.coef_, strict=True)]
        )
        fixed["estimate_se"] = model.coef_ses_
        zeros = _rows([("fixed", name, 0.0) for name in rows.fixed_zero])
        spread = _rows([("variance", *pair) for pair in zip(parts, variances, strict=True)])
        tables = [
            *self._judges(model, rows, sets),
            self._discrimination(model, rows, z),
            self._hidden_selection(model, rows),
        ]
        filled = [part for part in (*tables, fixed, zeros, spread, self.rows_) if len(part)]
        self.rows_ = pd.concat(filled, ignore_index=True)[COLUMNS]

    def _judges(
        self, model: CrossedEffects, rows: JudgementRows, sets: Sequence[np.ndarray[Any, Any]]
    ) -> list[pd.DataFrame]:
        facets = [("interviewer", rows.interviewers), ("company", rows.companies)]
        return [
            pd.DataFrame(
                {
                    "facet": name,
                    "level": levels,
                    "estimate": model.effects_[i],
                    "estimate_se": model.ses_[i] * self.se_factor,
                    "n_judgements": np.bincount(codes[codes >= 0], minlength=len(levels)),
                    "comparison_set_id": sets[i],
                }
            ).sort_values("level", ignore_index=True)
            for i, ((name, levels), codes) in enumerate(zip(facets, rows.facets, strict=True))
        ]

    def _discrimination(
        self, model: CrossedEffects, rows: JudgementRows, z: FloatArray
    ) -> pd.DataFrame:
        """Rows of facet `discrimination`; none where no interviewer judged."""
        if not rows.interviewers:
            return _rows([])
        judge = [
            np.where(codes >= 0, np.append(effects, 0.0)[codes], 0.0)
            for codes, effects in zip(rows.facets, model.effects_, strict=True)
        ]
        expected = rows.X @ model.coef_ + judge[0] + judge[1]
        found = discriminate(
            z - expected,
            expected,
            rows.candidate,
            rows.interviewer,
            candidate_variance=model.owner_variance_,
            residual_variance=model.residual_variance_,
        )
        self.discrimination_variance_ = found.between_variance
        table = _rows(
            [
                ("discrimination", level, float(value))
                for level, value in zip(rows.interviewers, found.estimate, strict=True)
            ]
        )
        return table.assign(
            estimate_se=found.se, n_judgements=pd.array(found.n.astype(np.int64), dtype="Int64")
        )

    @staticmethod
    def _hidden_selection(model: CrossedEffects, rows: JudgementRows) -> pd.DataFrame:
        slopes = leniency_per_hidden_ability(model, rows)
        return _rows(
            [
                ("hidden_selection", level, float(slope))
                for level, slope in zip(rows.interviewers, slopes, strict=True)
                if np.isfinite(slope)
            ]
        )


def fit_interviewer_leniency(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `InterviewerLeniency` on the panel of judgements.

    Parameters
    ----------
    panel
        One row per judgement, mock or real.
    **settings
        Settings of `InterviewerLeniency`.

    Returns
    -------
    FittedTable
        Rows (facet, level, estimate, estimate_se, n_judgements, comparison_set_id). Facets:
        interviewer (higher is more lenient), company (higher is the easier bar), discrimination
        (higher is sharper), hidden_selection (what leniency moves by, per unit of ability that
        selection saw and judgements did not), fixed, variance, item.
    """
    require_columns(panel, REQUIRED, "interviewer_leniency")
    fitted = InterviewerLeniency(**settings).fit(panel)
    diagnostics: dict[str, Any] = {
        "n_judgements": fitted.n_used_,
        "n_real": fitted.n_real_,
        "n_without_items": len(panel) - fitted.n_used_,
        "n_comparison_sets": fitted.n_comparison_sets_,
    }
    if fitted.model_ is not None:
        model = fitted.model_
        diagnostics |= {
            "candidate_variance": model.owner_variance_,
            "interviewer_variance": model.facet_variances_[0],
            "company_variance": model.facet_variances_[1],
            "residual_variance": model.residual_variance_,
            "discrimination_variance": fitted.discrimination_variance_,
            "n_iterations": model.n_iter_,
            "has_converged": model.has_converged_,
        }
    return FittedTable(
        table=fitted.rows_,
        settings=fitted.get_params(),
        diagnostics=plain_numbers(diagnostics),
        n_rows=fitted.n_used_,
        warnings=tuple(fitted.warnings_),
    )


def _rows(constants: list[tuple[str, str, float]]) -> pd.DataFrame:
    rows = pd.DataFrame(constants, columns=["facet", "level", "estimate"])
    rows["estimate_se"] = np.nan
    rows["n_judgements"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    rows["comparison_set_id"] = pd.array([None] * len(rows), dtype="object")
    return rows
