"""Erasure where nothing is told apart by columns: malformed lines, free texts, bare numbers."""

from __future__ import annotations

from pathlib import Path

import psycopg
from every_table import places_of
from loading_folders import (
    candidate_form,
    hand_over,
    interviewer_form,
    person,
    query,
    session,
)
from psycopg.types.json import Jsonb

from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection

ODD, SAID = 'c(1)+ "x" \\d', "what was said of it"
DAY = "2024-01-02T00:00:00Z"


def asked_by(folder: Path, *people: str) -> Path:
    """A hand-over of nothing but requests."""
    requests = [{"candidate_id": name, "requested_at": DAY} for name in people]
    return hand_over(folder, {**person(), "erasure_requests": requests})


def spoilt(folder: Path) -> Path:
    """People of odd names, and lines about them of which nobody can make a row."""
    names = (ODD, "c2", "7")
    tables = {
        "interviewers": person()["interviewers"],
        "candidates": [{"candidate_id": name, "signed_up_at": DAY} for name in names],
        "sessions": [session(f"m{n}", candidate_id=name) for n, name in enumerate(names)],
        "candidate_feedback": [candidate_form(f"m{n}", comment=SAID) for n in (0, 2)],
        "interviewer_feedback": [interviewer_form("m0", comment=SAID)],
    }
    hand_over(folder, tables)
    for name, lines in {
        "candidate_feedback": f"m0,{DAY},4,{SAID}\nm2,{SAID}\nm1,another's line\n",
        "interviewer_feedback": f"m0,{SAID},,,,,,\n",
        "sessions": 'm9,mock,"c(1)+ ""x"" \\d",gone\n',
    }.items():
        with (folder / f"{name}.csv").open("a") as file:
            file.write(lines)
    return folder


def test_malformed_lines_fall_silent_and_do_not_stop_an_erasure(
    database: Connection, tmp_path: Path
) -> None:
    folder = spoilt(tmp_path / "1")
    load(database.dsn, folder)
    assert "quarantine.interviewer_feedback" in places_of(database.dsn, SAID)

    assert load(database.dsn, asked_by(tmp_path / "2", ODD, "7")).n_erased == 2
    lines = "select row_text from quarantine.candidate_feedback order by line"
    silent = [("erased",), ("erased",), ("m1,another's line",)]
    for _ in range(2):
        assert places_of(database.dsn, SAID, ODD, "c(1)") == set()
        assert query(database.dsn, lines) == silent
        load(database.dsn, folder)


def test_a_name_that_is_a_number_is_not_sought_in_sentences(
    database: Connection, tmp_path: Path
) -> None:
    load(database.dsn, spoilt(tmp_path / "1"))
    document = {
        "candidate_id": "7",
        "people": ["7", ODD],
        "warnings": [f"7 of 10 rows, see {ODD}."],
        "7": 0.5,
    }
    with psycopg.connect(database.dsn) as connection:
        connection.execute("create schema policy; create table policy.cases (dossier jsonb)")
        connection.execute("insert into policy.cases values (%s)", [Jsonb(document)])
    load(database.dsn, asked_by(tmp_path / "2", ODD, "7"))
    stones = (
        "select candidate_id from raw.sessions where session_id in ('m0', 'm2') order by session_id"
    )
    (odd,), (seven,) = query(database.dsn, stones)
    [(dossier,)] = query(database.dsn, "select dossier from policy.cases")
    assert dossier == {
        "candidate_id": seven,
        "people": [seven, odd],
        "warnings": [f"7 of 10 rows, see {odd}."],
        "7": 0.5,
    }
