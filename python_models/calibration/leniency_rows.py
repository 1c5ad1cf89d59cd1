"""The fitted leniency table, a facet at a time."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from python_models.calibration.discrimination import Discrimination, discriminate
from python_models.calibration.hidden_selection import leniency_per_hidden_ability
from python_models.calibration.judgement_rows import JudgementRows
from python_models.crossed_effects import CrossedEffects
from python_models.frames import FloatArray

COLUMNS = ["facet", "level", "estimate", "estimate_se", "n_judgements", "comparison_set_id"]


def constant_rows(facet: str, values: Iterable[tuple[str, float]]) -> pd.DataFrame:
    """Rows of numbers that have no interval and belong to no set."""
    rows = pd.DataFrame([(facet, *pair) for pair in values], columns=COLUMNS[:3])
    rows["estimate_se"] = np.nan
    rows["n_judgements"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    rows["comparison_set_id"] = pd.array([None] * len(rows), dtype="object")
    return rows


def judge_rows(
    model: CrossedEffects,
    rows: JudgementRows,
    sets: Sequence[np.ndarray[Any, Any]],
    se_factor: float,
) -> list[pd.DataFrame]:
    """Leniency of interviewers and ease of companies, by identifier.

    Parameters
    ----------
    model, rows
        The fitted model and what it was fitted on.
    sets
        Comparison set of each interviewer and of each company.
    se_factor
        Published se over the model's.
    """
    facets = [("interviewer", rows.interviewers), ("company", rows.companies)]
    return [
        pd.DataFrame(
            {
                "facet": name,
                "level": levels,
                "estimate": model.effects_[i],
                "estimate_se": model.ses_[i] * se_factor,
                "n_judgements": np.bincount(codes[codes >= 0], minlength=len(levels)),
                "comparison_set_id": sets[i],
            }
        ).sort_values("level", ignore_index=True)
        for i, ((name, levels), codes) in enumerate(zip(facets, rows.facets, strict=True))
    ]


def fixed_rows(model: CrossedEffects, rows: JudgementRows) -> pd.DataFrame:
    """Fixed effects, those that are 0 by definition too, and the variances."""
    named = zip(rows.fixed_names, model.coef_.tolist(), strict=True)
    fixed = constant_rows("fixed", named).assign(estimate_se=model.coef_ses_)
    zeros = constant_rows("fixed", [(name, 0.0) for name in rows.fixed_zero])
    variances = [model.owner_variance_, *model.facet_variances_, model.residual_variance_]
    parts = ["candidate", "interviewer", "company", "residual"]
    spread = constant_rows("variance", zip(parts, variances, strict=True))
    return pd.concat([part for part in (fixed, zeros, spread) if len(part)], ignore_index=True)


def discrimination_of(model: CrossedEffects, rows: JudgementRows, z: FloatArray) -> Discrimination:
    """How sharp interviewers' composites are, given the fitted model."""
    expected = rows.X @ model.coef_ + rows.effects_of_judges(model.effects_)
    return discriminate(
        z - expected,
        expected,
        rows.candidate,
        rows.interviewer,
        candidate_variance=model.owner_variance_,
        residual_variance=model.residual_variance_,
    )


def discrimination_rows(rows: JudgementRows, found: Discrimination) -> pd.DataFrame:
    """One row for each interviewer."""
    table = constant_rows(
        "discrimination", zip(rows.interviewers, found.estimate.tolist(), strict=True)
    )
    counts = pd.array(found.n.astype(np.int64), dtype="Int64")
    return table.assign(estimate_se=found.se, n_judgements=counts)


def hidden_selection_rows(
    model: CrossedEffects, rows: JudgementRows, z: FloatArray
) -> pd.DataFrame:
    """One row for each interviewer; none where no company judged."""
    slopes = leniency_per_hidden_ability(model, rows, z).tolist()
    pairs = zip(rows.interviewers, slopes, strict=True)
    return constant_rows("hidden_selection", [pair for pair in pairs if np.isfinite(pair[1])])
