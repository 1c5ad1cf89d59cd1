"""The counts on which the fit `experience_effects` is held against lme4.

World `base`, seed 1: every labelled mock, as counts by interviewer and covariates.
``python -m tests.golden.experience_effects_data FILE`` writes them as CSV for
`experience_effects.R`, with the columns of the design as numbers and the τ² of our fit, which
lme4 is told to use.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from python_models.design import CovariateDesign, build_design
from python_models.experience.churn_covariates import CHURN_COVARIATES
from python_models.experience.experience_effects import fit_experience_effects
from python_models.simulation import WORLDS, simulate
from tests.recovery.leaving_panels import effects_panel

MIN_LEVEL_SESSIONS = 30


def golden_panel() -> pd.DataFrame:
    """Return the counts in the columns of `pnl_experience_effects`."""
    return effects_panel(simulate(WORLDS["base"], 1))


def golden_design(panel: pd.DataFrame) -> CovariateDesign:
    """Return the design that the fit makes of the covariates."""
    n, n_left = (panel[name].to_numpy(dtype=np.float64) for name in ("n_sessions", "n_left"))
    return build_design(panel[list(CHURN_COVARIATES)], n, n_left, min_n=MIN_LEVEL_SESSIONS)


def with_numbers(panel: pd.DataFrame) -> pd.DataFrame:
    """Add the design's columns `x1`, `x2`, ... without the intercept, and `tau2`."""
    design = golden_design(panel)
    columns = [f"x{k}" for k in range(1, design.matrix.shape[1])]
    numbers = pd.DataFrame(design.matrix[design.cell][:, 1:].astype(int), columns=columns)
    tau2 = fit_experience_effects(panel).diagnostics["tau2"]
    kept = panel[["interviewer_id", "n_sessions", "n_left"]]
    return pd.concat([kept, numbers], axis=1).assign(tau2=tau2)


if __name__ == "__main__":
    with_numbers(golden_panel()).to_csv(sys.argv[1], index=False)
