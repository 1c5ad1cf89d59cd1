"""The panels of the models of leaving, from a simulated platform's raw tables.

What `models/panels` computes in SQL, in few words of pandas: for tests that need many platforms.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from python_models.experience.churn_covariates import CHURN_COVARIATES
from python_models.simulation import Platform
from python_models.simulation.figures import held_sessions, rated_sessions
from python_models.simulation.world import FACTORS

MOST_PAST, FEWEST_PAST = 30, 5


def _tables(platform: Platform) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in platform.tables.items()}


def labelled_mocks(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Mocks with a mature label, with the covariates as text and `has_left`."""
    held = held_sessions(tables)
    held = held.assign(is_first_session=held.groupby("candidate_id").cumcount() == 0)
    mocks = held[(held["kind"] == "mock") & held["has_left"].notna()]
    people = tables["candidates"][["candidate_id", "experience_level"]]
    marks = ["technical", "problem_solving"]
    forms = tables["interviewer_feedback"][["session_id", "would_advance", *marks]]
    mocks = mocks.merge(people, on="candidate_id").merge(forms, on="session_id", how="left")
    mark = np.floor(mocks[marks].astype(float).mean(axis=1) + 0.5)
    return mocks.assign(
        verdict=mocks["would_advance"].map({True: "yes", False: "no"}).fillna("none"),
        performance=mark.map("{:.0f}".format).where(mark.notna(), "none"),
        session_month=mocks["ended_at"].dt.strftime("%Y-%m"),
    )


def effects_panel(platform: Platform) -> pd.DataFrame:
    """Counts by interviewer and covariates, as `pnl_experience_effects` holds them."""
    mocks = labelled_mocks(_tables(platform))
    by = mocks.groupby(["interviewer_id", *CHURN_COVARIATES], as_index=False)["has_left"]
    return by.agg(n_sessions="size", n_left="sum")


def weights_panel(platform: Platform) -> pd.DataFrame:
    """Labelled mocks with the means of the past ratings, as `pnl_experience_weights` holds them.

    The ratings are as given: adjusting them is not what these tests ask about.
    """
    tables = _tables(platform)
    held = held_sessions(tables)
    rated = rated_sessions(tables, held).sort_values("submitted_at")
    by_interviewer = rated.groupby("interviewer_id")[list(FACTORS)]
    past = by_interviewer.rolling(MOST_PAST, min_periods=FEWEST_PAST).mean()
    past = past.reset_index(level=0, drop=True).add_suffix("_past_mean")
    n_past = rated.groupby("interviewer_id").cumcount() + 1
    known = rated[["submitted_at", "interviewer_id"]].assign(n_past=n_past).join(past)
    found = pd.merge_asof(
        labelled_mocks(tables).sort_values("started_at"),
        known,
        left_on="started_at",
        right_on="submitted_at",
        by="interviewer_id",
        allow_exact_matches=False,
    )
    return found[found["n_past"] >= FEWEST_PAST]
