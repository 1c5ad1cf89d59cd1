"""One simulated platform handed over in pieces, as a careless sender would: late, twice, wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

Tables = dict[str, pd.DataFrame]
# The column by which a row comes to exist on the platform.
HAPPENS_AT = {
    "sessions": "scheduled_at",
    "candidate_feedback": "submitted_at",
    "interviewer_feedback": "submitted_at",
    "hiring_decisions": "decided_at",
}
FORMS = ("candidate_feedback", "interviewer_feedback")


def in_pieces(platform: Tables, n_pieces: int, rng: np.random.Generator) -> Iterator[Tables]:
    """Yield hand-overs: new rows, late ones, corrections, excuses, erasures, rows to quarantine.

    Parameters
    ----------
    platform : dict of str to DataFrame
        A whole platform, without ``loaded_at``: the loader stamps what it meets.
    n_pieces : int
    rng : Generator

    Yields
    ------
    dict of str to DataFrame
        The first holds half of the platform, each later one a further part.
    """
    pieces = {
        name: _arrival(platform["sessions"], table, HAPPENS_AT[name], n_pieces, rng)
        for name, table in platform.items()
        if name in HAPPENS_AT
    }
    waiting: Tables = {}
    for number in range(n_pieces):
        piece = {
            name: table[pieces[name] == number] if name in pieces else table
            for name, table in platform.items()
            if name in pieces or number == 0
        }
        for name in ("interviewers", "candidates"):
            piece.setdefault(name, platform[name].iloc[:0])
        piece, broken = _break_some(piece, rng)
        if number:
            known = {name: table[pieces[name] < number] for name, table in platform.items()
                     if name in pieces}  # fmt: skip
            for name, table in amended(known, platform, rng).items():
                piece[name] = pd.concat([piece[name], table]).drop_duplicates("session_id")
            piece["excused_ratings"] = excuses(known["sessions"], rng)
            piece["erasure_requests"] = _erasures(known["sessions"], rng)
        # What was broken comes whole with the next piece.
        for name, table in waiting.items():
            piece[name] = pd.concat([piece[name], table]).drop_duplicates("session_id")
        waiting = broken
        yield piece


def write(tables: Tables, folder: Path) -> Path:
    """Write a hand-over as Parquet."""
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def _arrival(
    sessions: pd.DataFrame,
    table: pd.DataFrame,
    column: str,
    n_pieces: int,
    rng: np.random.Generator,
) -> pd.Series:
    """Number of the piece a row comes with; one in ten comes later than it should.

    A form may come before its session: it waits in quarantine.
    """
    span = sessions["scheduled_at"]
    cuts = span.quantile(np.linspace(0.5, 1, n_pieces)).to_numpy()
    number = np.searchsorted(cuts[:-1], table[column].to_numpy(), side="left")
    late = rng.integers(1, 3, len(table)) * (rng.random(len(table)) < 0.1)
    return pd.Series(np.minimum(number + late, n_pieces - 1), index=table.index)


def _break_some(piece: Tables, rng: np.random.Generator) -> tuple[Tables, Tables]:
    """Give a few forms a rating that nobody can give, and return them whole beside the piece."""
    forms = piece["candidate_feedback"]
    chosen = rng.random(len(forms)) < 0.03
    wrong = forms[chosen].assign(excitement=9)
    return (
        piece | {"candidate_feedback": pd.concat([forms[~chosen], wrong])},
        {"candidate_feedback": forms[chosen]},
    )


def amended(known: Tables, platform: Tables, rng: np.random.Generator) -> Tables:
    """Correct some rows of each kind that were handed over before."""
    sessions = _some(known["sessions"], 24, rng)
    parts = np.array_split(np.arange(len(sessions)), 4)
    people = platform["candidates"]["candidate_id"].to_numpy()
    judges = platform["interviewers"]["interviewer_id"].to_numpy()
    moved, given, cancelled, longer = (sessions.iloc[part] for part in parts)
    ratings = _some(known["candidate_feedback"], 24, rng)
    verdicts = _some(known["interviewer_feedback"], 24, rng)
    decisions = _some(known["hiring_decisions"], 6, rng)
    empty = pd.array([pd.NA] * 6, dtype="Int64")
    withdrawn = ratings.iloc[:6].assign(
        excitement=empty, question_quality=empty, hint_quality=empty, communication=empty
    )
    return {
        "sessions": pd.concat(
            [
                moved.assign(candidate_id=rng.choice(people, len(moved))),
                given.assign(interviewer_id=rng.choice(judges, len(given))),
                cancelled.assign(status="cancelled"),
                longer.assign(ended_at=longer["ended_at"] + pd.Timedelta(minutes=7)),
            ]
        ),
        "candidate_feedback": pd.concat(
            [withdrawn, ratings.iloc[6:].assign(excitement=rng.integers(1, 5, len(ratings) - 6))]
        ),
        "interviewer_feedback": verdicts.assign(would_advance=~verdicts["would_advance"]),
        "hiring_decisions": decisions.assign(advanced=~decisions["advanced"]),
    }


def excuses(sessions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    chosen = _some(sessions[sessions["kind"] == "mock"], 15, rng)
    return pd.DataFrame(
        {
            "session_id": chosen["session_id"],
            "reason_code": "technical_failure",
            "decided_by": "ops",
            "decided_at": chosen["scheduled_at"] + pd.Timedelta(days=1),
        }
    )


def _erasures(sessions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    chosen = _some(sessions.drop_duplicates("candidate_id"), 2, rng)
    return pd.DataFrame(
        {"candidate_id": chosen["candidate_id"], "requested_at": chosen["scheduled_at"]}
    )


def _some(table: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    return table.iloc[rng.choice(len(table), size=min(n, len(table)), replace=False)]
