"""The leniency model ends where lme4's lmer ends, on judgements of a simulated platform."""

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest

from python_models.calibration.interviewer_leniency import fit_interviewer_leniency
from python_models.fitted_table import FittedTable
from tests.golden.interviewer_leniency_data import early_judgements

GOLDEN = Path(__file__).parents[1] / "golden" / "interviewer_leniency.csv"
# Asked for is .001; ours stops where no variance moves by more than a ten-thousandth.
CLOSE = 2e-4


@lru_cache(maxsize=1)
def fitted() -> FittedTable:
    return fit_interviewer_leniency(early_judgements())


def both(facet: str) -> pd.DataFrame:
    """Lme4's rows of a facet beside ours, of which none may be missing."""
    golden = pd.read_csv(GOLDEN).query("facet == @facet")
    ours = fitted().table.query("facet == @facet")
    merged = golden.merge(ours, on="level", how="outer", suffixes=("_lme4", ""), indicator="side")
    # A fixed effect that is zero by choice, the most frequent type's, is in ours alone.
    is_reference = (merged["side"] == "right_only") & merged["level"].str.startswith("type:")
    assert is_reference.sum() == (facet == "fixed")
    assert (merged.loc[is_reference, "estimate"] == 0).all()
    assert (merged.loc[~is_reference, "side"] == "both").all()
    return merged[~is_reference].set_index("level")


def test_variances_are_those_of_lme4() -> None:
    golden = pd.read_csv(GOLDEN).set_index("facet")
    assert fitted().n_rows == golden.loc["n_judgements", "estimate"]
    variances = both("variance")
    assert len(variances) == 4
    for part, row in variances.iterrows():
        assert row["estimate"] == pytest.approx(row["estimate_lme4"], rel=CLOSE), part


@pytest.mark.parametrize(("facet", "at_least"), [("interviewer", 500), ("company", 40)])
def test_effects_and_their_errors_are_those_of_lme4(facet: str, at_least: int) -> None:
    rows = both(facet)
    assert len(rows) >= at_least
    assert (rows["estimate"] - rows["estimate_lme4"]).abs().max() < CLOSE
    raw_se = rows["estimate_se"] / fitted().settings["se_factor"]
    assert (raw_se / rows["estimate_se_lme4"] - 1).abs().max() < CLOSE


def test_fixed_effects_and_their_errors_are_those_of_lme4() -> None:
    rows = both("fixed")
    assert {"intercept", "is_real", "practice"} < set(rows.index)
    assert (rows["estimate"] - rows["estimate_lme4"]).abs().max() < CLOSE
    assert (rows["estimate_se"] / rows["estimate_se_lme4"] - 1).abs().max() < CLOSE
