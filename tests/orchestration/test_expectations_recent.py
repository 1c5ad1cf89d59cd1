"""The raw border compares the last weeks with those before, and sees what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from borders import execute, failed_of
from loading_folders import Row, candidate_form, hand_over, interviewer_form, person, session, utc

from expectations import raw_recent
from expectations.runner import reason_to_refuse, run_suites
from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection

AS_OF = utc("2024-12-01")
Change = Callable[[Row, int], Row | None]


def _iso(instant: datetime) -> str:
    return instant.isoformat()


def platform(changes: dict[str, Change] | None = None) -> dict[str, list[Row]]:
    """Three sessions a day for two hundred days; each table's rows as ``changes`` has them."""
    tables: dict[str, list[Row]] = {
        "sessions": [], "candidate_feedback": [], "interviewer_feedback": [],
        "hiring_decisions": [],
    }  # fmt: skip
    for n in range(600):
        days_ago = 200 - n // 3
        at = AS_OF - timedelta(days=days_ago, hours=1 + n % 3)
        times = {"scheduled_at": _iso(at), "started_at": _iso(at), "ended_at": _iso(at)}
        late, name = _iso(at + timedelta(minutes=1)), f"m{n}"
        rating = {"excitement": f"{4 - n % 4 // 3}", "communication": "3"}
        rows = {
            "sessions": session(name, **times),
            "candidate_feedback": candidate_form(name, submitted_at=late, **rating),
            "interviewer_feedback": interviewer_form(
                name, submitted_at=late, would_advance=f"{n % 5 > 1}".lower()
            ),
            "hiring_decisions": {
                "session_id": name, "decided_at": late, "advanced": f"{n % 2 == 0}".lower()
            },
        }  # fmt: skip
        for table, row in rows.items():
            change = (changes or {}).get(table)
            changed = change(row, days_ago) if change else row
            if changed is not None:
                tables[table].append(changed)
    return {**person(), **tables}


def failures(database: Connection, folder: Path, changes: dict[str, Change]) -> set[tuple]:
    load(database.dsn, hand_over(folder, platform(changes)))
    execute(database, f"update run.clock set as_of = '{_iso(AS_OF)}'")
    outcomes = run_suites(database.dsn, raw_recent.suites())
    assert not any("error" in outcome.observed for outcome in outcomes)
    return failed_of(outcomes)


def test_a_steady_platform_passes(database: Connection, tmp_path: Path) -> None:
    assert failures(database, tmp_path, {}) == set()


def lately(days: int, **changes: str) -> Change:
    return lambda row, days_ago: row | changes if days_ago < days else row


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        ("sessions", lambda row, ago: row if ago > 7 or row["session_id"][-1] == "1" else None,
         ("sessions", "week_to_usual_week")),
        ("sessions", lambda row, ago: row if ago > 20 else None,
         ("sessions", "days_since_newest")),
        ("sessions", lately(20, interview_type="quantum"), ("sessions", "new_interview_types")),
        ("candidate_feedback", lately(28, excitement="1"),
         ("candidate_feedback", "excitement_shift")),
        ("candidate_feedback", lately(28, communication=""),
         ("candidate_feedback", "communication_missing_rise")),
        ("interviewer_feedback", lately(28, would_advance="true"),
         ("interviewer_feedback", "would_advance_shift")),
        ("hiring_decisions", lately(28, advanced="false"),
         ("hiring_decisions", "advanced_shift")),
        ("hiring_decisions", lambda row, ago: row if ago > 60 else None,
         ("hiring_decisions", "days_since_newest")),
        ("candidate_feedback", lately(5, excitement="9"),
         ("candidate_feedback", "rejected_share")),
    ],
)  # fmt: skip
def test_what_changed_lately_is_a_warning(
    database: Connection, tmp_path: Path, table: str, change: Change, expected: tuple[str, str]
) -> None:
    failed = failures(database, tmp_path, {table: change})
    assert (*expected, "warning") in failed
    assert not [found for found in failed if found[2] == "critical"]


def test_a_load_that_rejects_most_rows_is_no_hand_over(
    database: Connection, tmp_path: Path
) -> None:
    failed = failures(database, tmp_path, {"candidate_feedback": lately(150, excitement="9")})
    assert ("candidate_feedback", "rejected_share_of_many", "critical") in failed


def test_an_empty_platform_has_nothing_to_compare(database: Connection, tmp_path: Path) -> None:
    load(database.dsn, hand_over(tmp_path, {}))
    outcomes = run_suites(database.dsn, raw_recent.suites())
    assert reason_to_refuse(outcomes) is None
    assert failed_of(outcomes) == set()
