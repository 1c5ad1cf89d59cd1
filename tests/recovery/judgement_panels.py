"""The panel of the leniency model, from a simulated platform's raw tables.

What `int_judgements_unioned` computes in SQL, in few words of pandas: for tests and golden files
that need judgements without a warehouse.
"""

from __future__ import annotations

import pandas as pd

from python_models.simulation import Platform

ITEMS = ("technical", "problem_solving")
COLUMNS = [
    "session_id",
    "is_real",
    "candidate_key",
    "interviewer_id",
    "company_id",
    "interview_type",
    "n_earlier_sessions",
    "would_advance",
    *ITEMS,
    "judged_at",
]


def judgement_panel(platform: Platform) -> pd.DataFrame:
    """Return every judgement, mock and real, in order of time.

    Parameters
    ----------
    platform : Platform
        What `simulate` returned.

    Returns
    -------
    DataFrame
        One row per judgement, with `COLUMNS`: those of `pnl_interviewer_leniency`, and
        `judged_at`. `interviewer_id` is null on real judgements, `company_id` on mock ones; the
        items are null where a company decided without its interviewer's form.
    """
    names = ("sessions", "interviewer_feedback", "hiring_decisions")
    sessions, forms, decisions = (platform.tables[name].to_pandas() for name in names)
    sessions = _in_candidates_order(sessions[sessions["status"] == "completed"])
    forms = forms[["session_id", "submitted_at", "would_advance", *ITEMS]]
    is_real = sessions["kind"] == "real"
    mocks = sessions[~is_real].merge(forms, on="session_id")
    mocks = mocks.assign(is_real=False, company_id=None, judged_at=mocks["submitted_at"])
    reals = sessions[is_real].merge(forms, on="session_id", how="left")
    reals = reals.merge(
        decisions[["session_id", "advanced", "decided_at"]], on="session_id", how="left"
    )
    # A company's decision, or its interviewer's verdict where it has handed over none.
    reals = reals.assign(
        is_real=True,
        interviewer_id=None,
        would_advance=_flags(reals["advanced"]).fillna(_flags(reals["would_advance"])),
        judged_at=reals["decided_at"].fillna(reals["submitted_at"]),
    ).dropna(subset="would_advance")
    mocks = mocks.assign(would_advance=_flags(mocks["would_advance"]))
    panel = pd.concat([mocks[COLUMNS], reals[COLUMNS]])
    return panel.sort_values(["judged_at", "session_id"], ignore_index=True)


def _in_candidates_order(completed: pd.DataFrame) -> pd.DataFrame:
    """Name a candidate by the first session, and number the sessions."""
    ordered = completed.sort_values(["ended_at", "session_id"])
    by_candidate = ordered.groupby("candidate_id", sort=False)
    return ordered.assign(
        candidate_key=by_candidate["session_id"].transform("first"),
        n_earlier_sessions=by_candidate.cumcount(),
    )


def _flags(values: pd.Series) -> pd.Series:
    return values.astype("boolean")
