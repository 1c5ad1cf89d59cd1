"""The judgements on which the fit `interviewer_leniency` is held against lme4.

World `base`, seed 1: judgements, mock and real, that came in before 2023-09-03, some 20,000.
``python -m tests.golden.interviewer_leniency_data FILE`` writes them as CSV, with the composite
and the fixed effects as numbers, for `interviewer_leniency.R`.
"""

from __future__ import annotations

import sys

import pandas as pd

from benchmarks.drawn_judgements import with_numbers
from python_models.simulation import WORLDS, simulate
from tests.recovery.judgement_panels import judgement_panel

BEFORE = pd.Timestamp("2023-09-03", tz="UTC")


def early_judgements() -> pd.DataFrame:
    """Return the slice in the columns of `pnl_interviewer_leniency`."""
    panel = judgement_panel(simulate(WORLDS["base"], 1))
    return panel[panel["judged_at"] < BEFORE]


if __name__ == "__main__":
    with_numbers(early_judgements()).to_csv(sys.argv[1], index=False)
