"""Small hand-overs for the loader's tests, and short ways to look at what became of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from orchestration.lib.loading import LoadReport, TableCounts

Row = dict[str, str]
HEADERS = {
    "interviewers": "interviewer_id,handle,joined_at",
    "candidates": "candidate_id,signed_up_at,experience_level",
    "sessions": "session_id,kind,interview_type,interviewer_id,candidate_id,company_id,"
    "scheduled_at,started_at,ended_at,status",
    "candidate_feedback": "session_id,submitted_at,excitement,question_quality,hint_quality,"
    "communication,comment",
    "interviewer_feedback": "session_id,submitted_at,would_advance,technical,comment",
}


def person() -> dict[str, list[Row]]:
    """One interviewer and one candidate."""
    return {
        "interviewers": [{"interviewer_id": "i1", "joined_at": "2024-01-01T00:00:00Z"}],
        "candidates": [{"candidate_id": "c1", "signed_up_at": "2024-01-02T00:00:00Z"}],
    }


def session(session_id: str, **changes: str) -> Row:
    """A completed mock session of ``i1`` and ``c1`` at noon, 1 February 2024."""
    row = {
        "session_id": session_id,
        "kind": "mock",
        "interview_type": "algorithms",
        "interviewer_id": "i1",
        "candidate_id": "c1",
        "scheduled_at": "2024-02-01T12:00:00Z",
        "started_at": "2024-02-01T12:00:00Z",
        "ended_at": "2024-02-01T13:00:00Z",
        "status": "completed",
    }
    return row | changes


def candidate_form(session_id: str, **changes: str) -> Row:
    """The form that the candidate sent in at two o'clock."""
    row = {"session_id": session_id, "submitted_at": "2024-02-01T14:00:00Z", "excitement": "4"}
    return row | changes


def interviewer_form(session_id: str, **changes: str) -> Row:
    """The form that the interviewer sent in at three o'clock."""
    row = {"session_id": session_id, "submitted_at": "2024-02-01T15:00:00Z"}
    return row | {"would_advance": "true", "technical": "3"} | changes


def hand_over(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Write CSV files, with a header alone for a required table without rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in {**HEADERS, **tables}:
        rows = tables.get(name, [])
        columns = dict.fromkeys(HEADERS[name].split(",") if name in HEADERS else [])
        columns |= dict.fromkeys(key for row in rows for key in row)
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(columns), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def query(dsn: str, text: str) -> list[tuple[Any, ...]]:
    """Rows of a query."""
    with psycopg.connect(dsn, options="-c timezone=UTC") as connection:
        return connection.execute(text).fetchall()


def counts(report: LoadReport, table: str) -> TableCounts:
    """What a report says of one table."""
    return next(found for found in report.tables if found.table == table)


def fate(report: LoadReport, table: str) -> tuple[int, int, dict[str, int]]:
    """Accepted, unchanged, and quarantined by rule."""
    found = counts(report, table)
    return found.n_accepted, found.n_unchanged, dict(found.rules)


def utc(text: str) -> datetime:
    """An instant in UTC, written without its offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
