"""The judgements on which the fit `interviewer_leniency` is held against lme4.

World `base`, seed 1: judgements, mock and real, that came in before 2023-09-03, some 20,000.
``python -m tests.golden.interviewer_leniency_data FILE`` writes them as CSV, with the composite
and the fixed effects as numbers, for `interviewer_leniency.R`.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from python_models.calibration.composite import learn_scale
from python_models.simulation import WORLDS, simulate
from tests.recovery.judgement_panels import judgement_panel

BEFORE = pd.Timestamp("2023-09-03", tz="UTC")
# lme4 drops rows without a level, even where the term's indicator is 0.
NO_LEVEL = "none"


def early_judgements() -> pd.DataFrame:
    """Return the slice in the columns of `pnl_interviewer_leniency`."""
    panel = judgement_panel(simulate(WORLDS["base"], 1))
    return panel[panel["judged_at"] < BEFORE]


def with_numbers(panel: pd.DataFrame) -> pd.DataFrame:
    """Return `z`, the levels of the random effects, and the fixed effects as numbers.

    `is_mock`, `is_real`, `practice` = ln(1 + earlier sessions), and `type_<interview type>` for
    all types but the most frequent, as the fit has them.
    """
    is_real = panel["is_real"].to_numpy(dtype=bool)
    rows = panel[["candidate_key"]].assign(
        interviewer_id=panel["interviewer_id"].fillna(NO_LEVEL),
        company_id=panel["company_id"].fillna(NO_LEVEL),
        z=learn_scale(panel, is_real).composite(panel, is_real),
        is_mock=(~is_real).astype(int),
        is_real=is_real.astype(int),
        practice=np.log1p(panel["n_earlier_sessions"]),
    )
    for name in panel["interview_type"].value_counts().index[1:]:
        rows[f"type_{name}"] = (panel["interview_type"] == name).astype(int)
    return rows


if __name__ == "__main__":
    with_numbers(early_judgements()).to_csv(sys.argv[1], index=False)
