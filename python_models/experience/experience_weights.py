"""Weights of the feedback factors: how well each one's past tells who stays (A4)."""

from typing import Any

import numpy as np
import pandas as pd

from python_models.experience.churn_covariates import CHURN_COVARIATES
from python_models.experience.factor_weights import FactorWeights
from python_models.fitted_table import FittedTable
from python_models.frames import BoolArray, FloatArray, as_floats, plain_numbers, require_columns

PAST_MEAN = "_past_mean"


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
    required = ["session_id", "interviewer_id", "has_left", "n_past", *CHURN_COVARIATES]
    require_columns(panel, required, "experience_weights")
    columns = [str(name) for name in panel.columns if str(name).endswith(PAST_MEAN)]
    if not columns:
        raise ValueError(f"panel experience_weights has no column <factor>{PAST_MEAN}")
    factors = [name.removesuffix(PAST_MEAN) for name in columns]
    means = np.column_stack([as_floats(panel[name]) for name in columns])
    y, n_past = as_floats(panel["has_left"]), as_floats(panel["n_past"])
    has_base = np.isfinite(y) & (np.nan_to_num(n_past) >= min_past)
    # A question nobody has answered yet must not cost the others their evidence.
    is_live = np.ones(len(factors), dtype=np.bool_)
    if has_base.any():
        is_live[:] = np.isfinite(means[has_base]).any(axis=0)
    is_used = has_base & np.isfinite(means[:, is_live]).all(axis=1)
    model = FactorWeights(**settings).fit(
        means[np.ix_(is_used, is_live)],
        y[is_used],
        covariates=panel.loc[is_used, list(CHURN_COVARIATES)],
        groups=pd.factorize(panel.loc[is_used, "interviewer_id"], use_na_sentinel=False)[0],
    )
    unanswered = [name for name, live in zip(factors, is_live, strict=True) if not live]
    notes = [f"{name}: no answers yet, weight 0" for name in unanswered]
    return FittedTable(
        table=_weight_rows(model, factors, is_live),
        settings={**model.get_params(), "min_past": min_past},
        diagnostics=_diagnostics(model, int(is_used.sum()), float(np.sum(y[is_used]))),
        n_rows=int(is_used.sum()),
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
