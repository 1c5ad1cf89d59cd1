"""Values and names at the edge of what a calendar, a text or a folder can hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from loading_folders import candidate_form, fate, hand_over, person, query, session

from orchestration.lib.errors import UserError
from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection

DAY = "2024-01-02T00:00:00Z"


def test_instants_that_no_calendar_holds(database: Connection, tmp_path: Path) -> None:
    days = ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    strange = [{"candidate_id": f"c{n}", "signed_up_at": day} for n, day in enumerate(days)]
    good = [{"candidate_id": "c1", "signed_up_at": DAY}]
    tables = {**person(), "candidates": good}
    for rows in (strange, [*strange, {"candidate_id": "c9", "signed_up_at": "noon"}]):
        tables["candidates"] = [*good, *rows]
        report = load(database.dsn, hand_over(tmp_path / f"{len(rows)}", tables))
        assert dict(fate(report, "candidates")[2]) == {"type_invalid": len(rows)}
    assert query(database.dsn, "select candidate_id from raw.candidates") == [("c1",)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_coarse_instants_do_not_wrap_round(database: Connection, tmp_path: Path, unit: str) -> None:
    sound = datetime(2024, 1, 2, tzinfo=UTC)
    stamps = pa.array([sound, sound]).cast(pa.timestamp(unit, "UTC"))
    if unit in ("s", "ms"):
        # Counted in microseconds, it would stand for a day in 2024.
        per_second = {"s": 1, "ms": 1000}[unit]
        beyond = 2**64 // (10**6 // per_second) + int(sound.timestamp()) * per_second
        stamps = pa.array([stamps[0].value, beyond]).cast(pa.timestamp(unit, "UTC"))
    folder = hand_over(tmp_path, person())
    (folder / "candidates.csv").unlink()
    columns = {"candidate_id": ["c1", "far"], "signed_up_at": stamps}
    pq.write_table(pa.table(columns), folder / "candidates.parquet")
    report = load(database.dsn, folder)
    n_strange = int(unit in ("s", "ms"))
    assert fate(report, "candidates")[0] == 2 - n_strange
    assert sum(fate(report, "candidates")[2].values()) == n_strange
    stored = query(database.dsn, "select distinct signed_up_at from raw.candidates")
    assert stored == [(sound,)]


def test_control_characters_are_kept(database: Connection, tmp_path: Path) -> None:
    odd = "".join(map(chr, range(1, 32))) + "\x7f\\u0007 \u202e😀\ufeff"
    rows = [candidate_form("m1", excitement="nine", mood=odd), candidate_form("m2", mood=odd)]
    tables = {**person(), "sessions": [session("m1"), session("m2")], "candidate_feedback": rows}
    load(database.dsn, hand_over(tmp_path, tables))
    ((text,),) = query(database.dsn, "select row_text from quarantine.candidate_feedback")
    assert json.loads(text)["mood"] == odd
    assert query(database.dsn, "select extra from raw.candidate_feedback") == [({"mood": odd},)]


def test_identifiers_in_any_letters(database: Connection, tmp_path: Path) -> None:
    names = ['a "quoted" one', "o'brien; --", "😀", "\u202eright to left", "e\u0301", "é", "a,b\nc"]
    people = [{"candidate_id": name, "signed_up_at": DAY} for name in names]
    sessions = [session(name, candidate_id=name) for name in names]
    forms = [candidate_form(name) for name in names]
    tables = {**person(), "candidates": people, "sessions": sessions, "candidate_feedback": forms}
    folder = hand_over(tmp_path, tables)
    report = load(database.dsn, folder)
    for table in ("candidates", "sessions", "candidate_feedback"):
        assert fate(report, table) == (len(names), 0, {})
    assert {row[0] for row in query(database.dsn, "select session_id from raw.sessions")} == {
        *names
    }
    assert fate(load(database.dsn, folder), "sessions") == (0, len(names), {})


@pytest.mark.parametrize("name", ["Hiring_Decisions.CSV", "hiring_decision.csv"])
def test_a_misspelt_optional_table_is_not_passed_over(
    database: Connection, tmp_path: Path, name: str
) -> None:
    folder = hand_over(tmp_path, person())
    (folder / "notes.csv").write_text("a file of another kind does no harm\n")
    load(database.dsn, folder)
    (folder / name).write_text("session_id,decided_at,advanced\n")
    with pytest.raises(UserError, match=rf"{name}, .* rename it hiring_decisions\.csv"):
        load(database.dsn, folder)


@pytest.mark.parametrize("starts", [["2999-01-01T00:00:00Z"], ["2024-02-01T18:00:00Z", DAY]])
def test_a_form_is_not_held_against_a_session_in_quarantine(
    database: Connection, tmp_path: Path, starts: list[str]
) -> None:
    load(database.dsn, hand_over(tmp_path / "1", {**person(), "sessions": [session("m1")]}))
    wrong = [session("m1", started_at=start, ended_at="") for start in starts]
    tables = {**person(), "sessions": wrong, "candidate_feedback": [candidate_form("m1")]}
    report = load(database.dsn, hand_over(tmp_path / "2", tables))
    assert sum(fate(report, "sessions")[2].values()) == len(wrong)
    assert fate(report, "candidate_feedback") == (1, 0, {})


def test_an_address_with_an_unknown_setting_is_one_sentence(database: Connection) -> None:
    with pytest.raises(UserError, match="cannot be read as a DSN") as refused:
        load(database.dsn, "postgresql://me:secret@127.0.0.1/shop?colour=red")
    assert "secret" not in str(refused.value)
    with psycopg.connect(database.dsn) as connection:
        assert connection.execute("select to_regclass('run.loads')").fetchone() == (None,)
