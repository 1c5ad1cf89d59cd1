"""Weights of the feedback factors: how well each one's past tells who stays (A4)."""

from typing import Any

import numpy as np
import pandas as pd

from python_models.experience.factor_weights import FactorWeights
from python_models.experience.weights_panel import weights_rows
from python_models.fitted_table import FittedTable
from python_models.frames import BoolArray, FloatArray, plain_numbers


def fit_experience_weights(
    panel: pd.DataFrame, *, min_past: int = 5, **settings: Any
) -> FittedTable:
    """Fit `FactorWeights` on the panel of labelled sessions.

    Parameters
    ----------
    panel
        One row per labelled session: `has_left`, the covariates, `n_past`, and for each factor
        `<factor>_past_mean`, known before the session.
    min_past
        Past rated sessions a row needs.
    **settings
        Settings of `FactorWeights`.

    Returns
    -------
    FittedTable
        Rows (factor, weight, weight_raw, weight_low, weight_high), in the panel's order.
    """
    rows = weights_rows(panel, min_past)
    model = FactorWeights(**settings).fit(
        rows.means, rows.has_left, covariates=rows.covariates, groups=rows.interviewer
    )
    factors, is_live = list(rows.factors), rows.is_live
    unanswered = [name for name, live in zip(factors, is_live, strict=True) if not live]
    notes = [f"{name}: no answers yet, weight 0" for name in unanswered]
    return FittedTable(
        table=_weight_rows(model, factors, is_live),
        settings={**model.get_params(), "min_past": min_past},
        diagnostics=_diagnostics(model, len(rows.has_left), float(np.sum(rows.has_left))),
        n_rows=len(rows.has_left),
        warnings=(*notes, *model.warnings_),
    )


def _weight_rows(model: FactorWeights, factors: list[str], is_live: BoolArray) -> pd.DataFrame:
    def spread(values: FloatArray) -> FloatArray:
        full = np.zeros(len(factors))
        full[is_live] = values
        return full

    return pd.DataFrame(
        {
            "factor": factors,
            "weight": spread(model.weights_),
            "weight_raw": spread(model.raw_weights_),
            "weight_low": spread(model.low_),
            "weight_high": spread(model.high_),
        }
    )


def _diagnostics(model: FactorWeights, n_sessions: int, n_left: float) -> dict[str, Any]:
    is_tested = np.isfinite(model.q_p_value_)
    return plain_numbers(
        {
            "s": model.scale_,
            "s_se": model.scale_se_,
            "K": len(model.effects_),
            "n_sessions": n_sessions,
            "n_left": int(n_left),
            "q_p_value": model.q_p_value_,
            "is_detectable": bool(model.q_p_value_ <= model.alpha) if is_tested else None,
            "used_default": model.is_default_,
            "reason": model.reason_,
        }
    )
