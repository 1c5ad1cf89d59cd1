"""Rows that wait for their reference, and loads that die half-way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from loading_folders import (
    candidate_form,
    counts,
    fate,
    hand_over,
    interviewer_form,
    person,
    query,
    session,
    utc,
)

from orchestration.lib.errors import UserError
from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection

WAITING = "select rule, released_at is not null from quarantine.candidate_feedback"


def test_waiting_rows_are_taken_up_with_all_that_waits_for_them(
    database: Connection, tmp_path: Path
) -> None:
    people = person()
    forms = [candidate_form("m1", comment="später, \"wie\" 'immer'\n\\ ende", mood="fine")]
    early = {
        "interviewers": people["interviewers"],
        "sessions": [session("m1")],
        "candidate_feedback": forms,
        "interviewer_feedback": [interviewer_form("m1", loaded_at="2024-02-02T00:00:00Z")],
    }
    first = load(database.dsn, hand_over(tmp_path / "1", early))
    assert fate(first, "sessions") == (0, 0, {"reference_missing": 1})
    assert query(database.dsn, WAITING) == [("reference_missing", False)]

    second = load(database.dsn, hand_over(tmp_path / "2", person()))
    for table in ("sessions", "candidate_feedback", "interviewer_feedback"):
        assert fate(second, table) == (0, 0, {})
        assert counts(second, table).n_released == 1
    assert query(database.dsn, WAITING) == [("reference_missing", True)]
    assert query(database.dsn, "select excitement, comment, extra from raw.candidate_feedback") == [
        (4, forms[0]["comment"], {"mood": "fine"})
    ]
    # The row was handed over with an instant that lies after what the first load knew.
    assert query(database.dsn, "select loaded_at from raw.interviewer_feedback") == [
        (utc("2024-02-02"),)
    ]
    third = load(database.dsn, tmp_path / "1")
    assert fate(third, "candidate_feedback") == (0, 1, {})


def test_a_row_handed_over_again_with_its_reference_counts_once(
    database: Connection, tmp_path: Path
) -> None:
    tables = {**person(), "candidate_feedback": [candidate_form("m1")]}
    load(database.dsn, hand_over(tmp_path / "1", tables))
    tables["sessions"] = [session("m1")]
    report = load(database.dsn, hand_over(tmp_path / "2", tables))
    assert counts(report, "candidate_feedback").n_released == 1
    assert fate(report, "candidate_feedback") == (0, 1, {})
    assert query(database.dsn, "select count(*) from raw.candidate_feedback") == [(1,)]


def test_a_newer_hand_over_overtakes_the_row_that_waited(
    database: Connection, tmp_path: Path
) -> None:
    tables = {**person(), "candidate_feedback": [candidate_form("m1", excitement="1")]}
    load(database.dsn, hand_over(tmp_path / "1", tables))
    tables["candidate_feedback"] = [candidate_form("m1", excitement="2")]
    tables["sessions"] = [session("m1")]
    report = load(database.dsn, hand_over(tmp_path / "2", tables))
    assert counts(report, "candidate_feedback").n_released == 0
    assert fate(report, "candidate_feedback") == (1, 0, {})
    assert query(database.dsn, "select excitement from raw.candidate_feedback") == [(2,)]
    assert query(database.dsn, WAITING) == [("reference_missing", True)]


def test_a_contradiction_does_not_overtake_the_row_that_waited(
    database: Connection, tmp_path: Path
) -> None:
    tables = {**person(), "candidate_feedback": [candidate_form("m1", excitement="1")]}
    load(database.dsn, hand_over(tmp_path / "1", tables))
    tables["candidate_feedback"] = [candidate_form("m1", excitement=text) for text in "23"]
    tables["sessions"] = [session("m1")]
    report = load(database.dsn, hand_over(tmp_path / "2", tables))
    assert fate(report, "candidate_feedback") == (0, 0, {"version_ambiguous": 2})
    assert counts(report, "candidate_feedback").n_released == 1
    assert query(database.dsn, "select excitement from raw.candidate_feedback") == [(1,)]


def test_a_waiting_row_may_turn_out_bad(database: Connection, tmp_path: Path) -> None:
    forms = [candidate_form("m1", submitted_at="2024-02-01T11:00:00Z")]
    load(database.dsn, hand_over(tmp_path / "1", {**person(), "candidate_feedback": forms}))
    report = load(
        database.dsn, hand_over(tmp_path / "2", {**person(), "sessions": [session("m1")]})
    )
    assert counts(report, "candidate_feedback").n_released == 0
    assert query(database.dsn, WAITING) == [("feedback_before_session", False)]


DYING = """
import os, signal, sys
from pathlib import Path
from orchestration.lib.loading import load

def die(line):
    if line.startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

load(sys.argv[1], Path(sys.argv[2]), progress=die)
"""


# While files land, and while their rows are merged.
@pytest.mark.parametrize("instant", ["candidates.csv:", "sessions.csv:", "sessions:"])
def test_a_load_killed_before_its_commit_leaves_nothing(
    database: Connection, tmp_path: Path, instant: str
) -> None:
    folder = hand_over(tmp_path, {**person(), "sessions": [session("m1")]})
    command = [sys.executable, "-c", DYING, database.dsn, str(folder), instant]
    died = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert died.returncode == -signal.SIGKILL
    assert query(database.dsn, "select (select count(*) from raw.candidates), count(*)"
                 " from run.loads") == [(0, 0)]  # fmt: skip
    assert query(database.dsn, "select to_regclass('landing.sessions') is null") == [(False,)]
    report = load(database.dsn, folder)
    assert fate(report, "sessions") == (1, 0, {})
    assert query(database.dsn, "select to_regnamespace('landing') is null") == [(True,)]


def test_an_unreadable_file_leaves_the_warehouse_as_it_was(
    database: Connection, tmp_path: Path
) -> None:
    folder = hand_over(tmp_path, {**person(), "sessions": [session("m1")]})
    load(database.dsn, folder)
    (folder / "interviewer_feedback.csv").write_bytes(b"session_id,submitted_at\n")
    (folder / "candidates.csv").write_text("candidate_id,signed_up_at\nc2,2024-01-01T00:00:00Z\n")
    with pytest.raises(UserError, match="would_advance"):
        load(database.dsn, folder)
    assert query(database.dsn, "select candidate_id from raw.candidates") == [("c1",)]
    assert query(database.dsn, "select count(*) from run.loads") == [(1,)]
    assert query(database.dsn, "select to_regnamespace('landing') is null") == [(True,)]
