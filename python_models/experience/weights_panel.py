"""The panel of labelled sessions as the arrays that weights are fitted and judged on (A4)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.experience.churn_covariates import CHURN_COVARIATES
from python_models.frames import BoolArray, FloatArray, IntArray, as_floats, require_columns

PAST_MEAN = "_past_mean"


@dataclass(frozen=True)
class WeightsRows:
    """Sessions that have a label and whose interviewer has a past.

    Parameters
    ----------
    factors
        Every factor of the panel, in its order.
    is_live
        Which of them have answers at all; the columns of `means` are those.
    means
        Sessions x live factors: the interviewer's mean before the session.
    has_left
        1 where the candidate left after the session, else 0.
    covariates
        The session's covariates.
    interviewer
        The session's interviewer, coded from 0.
    """

    factors: tuple[str, ...]
    is_live: BoolArray
    means: FloatArray
    has_left: FloatArray
    covariates: pd.DataFrame
    interviewer: IntArray

    def taken(self, is_taken: BoolArray) -> "WeightsRows":
        """Return some of the sessions, interviewers coded anew."""
        codes, _ = pd.factorize(self.interviewer[is_taken])
        return WeightsRows(
            self.factors,
            self.is_live,
            self.means[is_taken],
            self.has_left[is_taken],
            self.covariates[is_taken],
            codes.astype(np.int64),
        )


def weights_rows(panel: pd.DataFrame, min_past: int) -> WeightsRows:
    """Read the panel.

    Parameters
    ----------
    panel
        One row per labelled session: `has_left`, the covariates, `n_past`, and for each factor
        `<factor>_past_mean`, known before the session.
    min_past
        Past rated sessions a row needs.

    Returns
    -------
    WeightsRows
        Of the sessions that say something.

    Raises
    ------
    ValueError
        When a column is missing.
    """
    required = ["session_id", "interviewer_id", "has_left", "n_past", *CHURN_COVARIATES]
    require_columns(panel, required, "experience_weights")
    columns = [str(name) for name in panel.columns if str(name).endswith(PAST_MEAN)]
    if not columns:
        raise ValueError(f"panel experience_weights has no column <factor>{PAST_MEAN}")
    means = np.column_stack([as_floats(panel[name]) for name in columns])
    y, n_past = as_floats(panel["has_left"]), as_floats(panel["n_past"])
    has_base = np.isfinite(y) & (np.nan_to_num(n_past) >= min_past)
    # A question nobody has answered yet must not cost the others their evidence.
    is_live = np.ones(len(columns), dtype=np.bool_)
    if has_base.any():
        is_live[:] = np.isfinite(means[has_base]).any(axis=0)
    is_used = has_base & np.isfinite(means[:, is_live]).all(axis=1)
    codes, _ = pd.factorize(panel.loc[is_used, "interviewer_id"], use_na_sentinel=False)
    return WeightsRows(
        tuple(name.removesuffix(PAST_MEAN) for name in columns),
        is_live,
        means[np.ix_(is_used, is_live)],
        y[is_used],
        panel.loc[is_used, list(CHURN_COVARIATES)],
        codes.astype(np.int64),
    )
