"""The ratings on which the fit `rating_components` is held against lme4.

World `base`, seed 1: rated, completed mock sessions that no one excused and that ended before
2024-07-01, with the plain mean of the answers. ``python -m tests.golden.rating_components_data
FILE`` writes them as CSV, with the fixed effects as numbers, for `rating_components.R`.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from python_models.simulation import WORLDS, simulate
from python_models.simulation.world import FACTORS

BEFORE = pd.Timestamp("2024-07-01", tz="UTC")


def rating_panel() -> pd.DataFrame:
    """Return the slice in the columns of `pnl_rating_components`."""
    tables = simulate(WORLDS["base"], 1).tables
    names = ("sessions", "candidate_feedback", "interviewer_feedback", "excused_ratings")
    sessions, forms, verdicts, excused = (tables[name].to_pandas() for name in names)
    is_wanted = (
        (sessions["kind"] == "mock")
        & (sessions["status"] == "completed")
        & (sessions["ended_at"] < BEFORE)
        & ~sessions["session_id"].isin(excused["session_id"])
    )
    rows = sessions.loc[is_wanted, ["session_id", "interviewer_id", "candidate_id", "ended_at"]]
    rows = rows.merge(forms[["session_id", *FACTORS]], on="session_id")
    rows = rows.merge(verdicts[["session_id", "would_advance"]], on="session_id", how="left")
    rows["rating"] = rows[list(FACTORS)].astype(float).mean(axis=1)
    rows["verdict"] = rows["would_advance"].map({True: "yes", False: "no"}).fillna("none")
    rows = rows.rename(columns={"candidate_id": "candidate_key"}).dropna(subset="rating")
    columns = ["session_id", "interviewer_id", "candidate_key", "rating", "verdict", "ended_at"]
    return rows[columns].sort_values("session_id", ignore_index=True)


def with_numbers(panel: pd.DataFrame) -> pd.DataFrame:
    """Add `halo` (yes 1, no 0, none their mean; centred) and `trend` (years to the last day)."""
    said = panel["verdict"].map({"yes": 1.0, "no": 0.0})
    halo = np.where(said.isna(), 0.0, said - said.mean())
    years = (panel["ended_at"] - panel["ended_at"].max()) / pd.Timedelta(days=365.25)
    return panel.assign(halo=halo, trend=years)


if __name__ == "__main__":
    with_numbers(rating_panel()).to_csv(sys.argv[1], index=False)
