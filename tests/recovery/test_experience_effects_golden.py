"""The exact fit of leaving ends where lme4's glmer(nAGQ = 0) ends at the same variance."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_models.experience.experience_effects import (
    InterviewerEffects,
    fit_experience_effects,
)
from tests.golden.experience_effects_data import golden_design, golden_panel

GOLDEN = Path(__file__).parents[1] / "golden" / "experience_effects.csv"
# Asked for is .001; what the golden file's own digits leave is far below.
CLOSE = 1e-6


@lru_cache(maxsize=1)
def panel() -> pd.DataFrame:
    return golden_panel()


def lme4(term: str) -> pd.DataFrame:
    golden = pd.read_csv(GOLDEN, dtype={"level": str})
    return golden[golden["term"] == term].set_index("level")


def test_effects_and_their_errors_are_those_of_lme4() -> None:
    fitted = fit_experience_effects(panel())
    assert panel()["n_sessions"].sum() == lme4("n_sessions")["value"].item()
    assert fitted.diagnostics["tau2"] == pytest.approx(lme4("tau2")["value"].item(), rel=1e-7)
    theirs, ours = lme4("interviewer"), fitted.table.set_index("interviewer_id")
    assert list(theirs.index) == list(ours.index)
    assert np.abs(-ours["churn_effect"] - theirs["value"]).max() < CLOSE
    raw_se = ours["churn_effect_se"] / fitted.settings["se_factor"]
    assert np.abs(raw_se - theirs["value_se"]).max() < CLOSE


def test_coefficients_are_those_of_lme4_and_one_step_is_not_enough() -> None:
    design, theirs = golden_design(panel()), lme4("coefficient")["value"].to_numpy()
    who, people = pd.factorize(panel()["interviewer_id"], sort=True)
    rows = {
        "cell": design.cell,
        "interviewer": who,
        "n_sessions": panel()["n_sessions"].to_numpy(),
        "n_interviewers": len(people),
    }
    n_left = panel()["n_left"].to_numpy()
    exact = InterviewerEffects().fit(design.matrix, n_left, **rows)
    assert np.abs(exact.coefficients_ - theirs).max() < CLOSE
    one_step = InterviewerEffects(max_steps=0).fit(design.matrix, n_left, **rows)
    assert np.abs(one_step.effects_ + lme4("interviewer")["value"].to_numpy()).max() > 0.05
