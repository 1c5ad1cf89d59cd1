"""How far each interviewer's verdicts sit from others' on the same candidates (B2)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from python_models.calibration.comparison_sets import comparison_sets
from python_models.calibration.composite import ITEMS, CompositeScale, learn_scale
from python_models.calibration.item_agreement import find_item_agreement
from python_models.calibration.judgement_rows import JudgementRows, judgement_rows
from python_models.calibration.leniency_rows import (
    COLUMNS,
    constant_rows,
    discrimination_of,
    discrimination_rows,
    fixed_rows,
    hidden_selection_rows,
    judge_rows,
)
from python_models.calibration.verdict_model import fit_verdict_model
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


class InterviewerLeniency(BaseEstimator):
    """Many-facet model over all mock and real judgements (Linacre 1989; B2).

    z = x'b + ability(candidate) + leniency(interviewer, mock) + bar(company, real) + e,
    all but b Gaussian with REML variances; x = intercept, is_real, ln(1 + earlier sessions),
    interview type. Candidates who were never selected stay in, so selection, which depends on
    judgements in the likelihood, is ignorable (Rubin 1976).

    SQL repeats these formulas from the fitted rows:

    - z = mean over the items present of (item − `item:<item>:mean`)/`item:<item>:sd`, with the
      `real_` constants for real judgements; `would_advance` counts as 0 or 1; items without
      constants do not count;
    - x'b = `fixed:intercept` + `fixed:is_real`·[real] + `fixed:practice`·ln(1 +
      n_earlier_sessions) + `fixed:type:<interview_type>` (absent: 0);
    - residual of a judgement r = z − x'b − (`interviewer:<id>` if mock, `company:<id>` if real;
      absent: 0);
    - a candidate's ability before a judgement, from the n earlier ones: mean of their r times
      reliability, reliability = A/(A + E/n), A = `variance:candidate`, E =
      `variance:residual`; 0 and 0 for n = 0; on the day, plus `fixed:practice`·ln(1 +
      n_earlier_sessions).

    The composite takes it that the items of a form say the same of a candidate. Where judges who
    are lenient in one item are not so in another (`find_item_agreement`), verdicts alone count:
    the joint logistic, told on the same scale (`fit_verdict_model`), and only `would_advance`
    has constants.

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
            `basis_` (`composite`, `joint_logistic` or `none`), `agreement_` (why, in words),
            `n_used_`, `n_comparison_sets_`, `discrimination_variance_`, `warnings_`.
        """
        self.warnings_: list[str] = []
        self.model_: CrossedEffects | None = None
        self.basis_, self.agreement_ = "none", "there are no judgements that differ"
        self.n_comparison_sets_ = 0
        self.discrimination_variance_ = 0.0
        is_real = np.nan_to_num(as_floats(judgements["is_real"])) > 0
        scale = learn_scale(judgements, is_real)
        z = scale.composite(judgements, is_real)
        is_used = np.isfinite(z) & judgements["candidate_key"].notna().to_numpy()
        used, is_real, z = judgements[is_used], is_real[is_used], z[is_used]
        self.n_used_, self.n_real_ = len(used), int(is_real.sum())
        if self.n_used_ < 2 or float(np.var(z)) <= 0:
            self.warnings_.append("no judgements that differ: leniency is not estimated")
            self.rows_ = constant_rows("item", scale.constants.items())
            return self
        if self.n_real_ == 0:
            self.warnings_.append("no real judgements: leniency is among interviewers only")
        self._estimate(used, is_real, scale)
        return self

    def _estimate(self, used: pd.DataFrame, is_real: BoolArray, scale: CompositeScale) -> None:
        rows = judgement_rows(used, is_real)
        items = {item: as_floats(used[item]) for item in ITEMS}
        found = find_item_agreement(items, owner=rows.candidate, facets=rows.facets, design=rows.X)
        self.agreement_ = found.reason
        verdict = items["would_advance"]
        if found.finding == "disagree" and np.nanmin(verdict) < np.nanmax(verdict):
            self.warnings_.append(
                f"items of the form disagree, verdicts alone count: {found.reason}"
            )
            scale = learn_scale(used[["would_advance"]], is_real)
            has_verdict = np.isfinite(verdict)
            used, is_real = used[has_verdict], is_real[has_verdict]
            rows, verdict = judgement_rows(used, is_real), verdict[has_verdict]
            z = scale.composite(used, is_real)
            self.basis_, self.n_used_ = "joint_logistic", len(used)
            sd = scale.constants["would_advance:sd"]
            model = fit_verdict_model(rows, verdict, z, sd=sd, max_dense=self.max_dense)
        else:
            z = scale.composite(used, is_real)
            self.basis_ = "composite"
            model = CrossedEffects(self.max_iter, self.tol, self.max_dense)
            model.fit(rows.X, z, owner=rows.candidate, facets=rows.facets)
        self._keep(model, rows, z, scale)

    def _keep(
        self, model: CrossedEffects, rows: JudgementRows, z: FloatArray, scale: CompositeScale
    ) -> None:
        self.model_ = model
        if not model.has_converged_:
            self.warnings_.append("the variances of the leniency model have not converged")
        if not model.is_exact_:
            self.warnings_.append("so many interviewers that se's are estimated, within about 1 %")
        sets = comparison_sets(rows.candidate, rows.interviewer, rows.company)
        self.n_comparison_sets_ = len(set(np.concatenate(sets).tolist()))
        tables = judge_rows(model, rows, sets, self.se_factor)
        # A verdict's variance follows from its chance: it says nothing of sharpness.
        if rows.interviewers and self.basis_ == "composite":
            found = discrimination_of(model, rows, z)
            self.discrimination_variance_ = found.between_variance
            tables.append(discrimination_rows(rows, found))
        tables.append(hidden_selection_rows(model, rows, z))
        tables.append(fixed_rows(model, rows))
        tables.append(constant_rows("item", scale.constants.items()))
        filled = [part for part in tables if len(part)]
        self.rows_ = pd.concat(filled, ignore_index=True)[COLUMNS]


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
        "basis": fitted.basis_,
        "item_agreement": fitted.agreement_,
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
