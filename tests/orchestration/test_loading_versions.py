"""The raw history: corrections, reloads, both clocks, and what may never change afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
from loading_folders import candidate_form, counts, fate, hand_over, person, query, session, utc

from orchestration.lib.loading import load, prepare_raw
from orchestration.lib.postgres import Connection

HISTORY = """
    select interview_type, loaded_at, source_loaded_at, valid_to, load_seq
    from raw.sessions order by load_seq, load_version
"""
TICK = timedelta(microseconds=1)


def test_prepared_tables_are_empty_typed_and_made_once(database: Connection) -> None:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        prepare_raw(connection)
        connection.execute("update run.clock set as_of = '2024-01-01Z'")
        prepare_raw(connection, [*("excitement", "warmth")])
    types = query(
        database.dsn,
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'raw' and table_name = 'candidate_feedback'",
    )
    expected = {
        ("warmth", "smallint"),
        ("question_quality", "smallint"),
        ("submitted_at", "timestamp with time zone"),
        ("valid_to", "timestamp with time zone"),
        ("load_seq", "bigint"),
    }
    assert expected <= set(types)
    assert query(database.dsn, "table run.clock") == [(utc("2024-01-01"),)]
    assert query(database.dsn, "select count(*) from raw.offers") == [(0,)]


def test_a_folder_loaded_twice_changes_nothing(database: Connection, tmp_path: Path) -> None:
    forms = [candidate_form("m1"), candidate_form("m1"), candidate_form("nobody")]
    tables = {
        **person(),
        "sessions": [session("m1"), session("m2", kind="odd")],
        "candidate_feedback": forms,
    }
    folder = hand_over(tmp_path, tables)
    first = load(database.dsn, folder)
    tables_of = "select * from raw.sessions, raw.candidate_feedback, quarantine.sessions"
    before = query(database.dsn, tables_of)
    second = load(database.dsn, folder)

    assert fate(first, "candidate_feedback") == (1, 1, {"reference_missing": 1})
    assert fate(second, "candidate_feedback") == (0, 2, {"reference_missing": 1})
    assert fate(second, "sessions") == (0, 1, {"value_unknown": 1})
    assert before
    assert query(database.dsn, tables_of) == before
    assert second.known_at == first.known_at == utc("2024-02-01T14:00")
    assert second.load_seq == first.load_seq + 1
    assert query(database.dsn, "select count(*) from quarantine.candidate_feedback") == [(1,)]


def test_the_first_load_keeps_a_history_that_was_handed_over(
    database: Connection, tmp_path: Path
) -> None:
    versions = [
        session("m1", interview_type="b", loaded_at="2024-02-03T00:00:00Z"),
        session("m1", interview_type="a", loaded_at="2024-02-02T00:00:00Z"),
        session("m1", interview_type="b", loaded_at="2024-02-04T00:00:00Z"),
        session("m1", interview_type="a", loaded_at="2024-02-05T00:00:00Z"),
    ]
    folder = hand_over(tmp_path, {**person(), "sessions": versions})
    report = load(database.dsn, folder)
    # The third row only repeats what held already.
    assert fate(report, "sessions") == (3, 1, {})
    days = [utc(f"2024-02-0{day}") for day in (2, 3, 5)]
    expected = [
        ("a", days[0], None, days[1], 1),
        ("b", days[1], None, days[2], 1),
        ("a", days[2], None, None, 1),
    ]
    assert query(database.dsn, HISTORY) == expected
    assert report.known_at == days[2]
    assert fate(load(database.dsn, folder), "sessions") == (0, 4, {})
    assert query(database.dsn, HISTORY) == expected


def test_a_correction_begins_when_it_became_known(database: Connection, tmp_path: Path) -> None:
    tables = {**person(), "sessions": [session("m1", interview_type="a")]}
    first = load(database.dsn, hand_over(tmp_path / "1", tables))
    assert first.known_at == utc("2024-02-01T13:00")
    tables["sessions"] = [session("m1", interview_type="b")]
    second = load(database.dsn, hand_over(tmp_path / "2", tables))
    assert second.known_at == first.known_at + TICK
    assert query(database.dsn, HISTORY) == [
        ("a", first.known_at, None, second.known_at, 1),
        ("b", second.known_at, None, None, 2),
    ]
    # Handed over again, the older content is a correction of the newer one.
    third = load(database.dsn, tmp_path / "1")
    assert fate(third, "sessions") == (1, 0, {})
    assert query(database.dsn, HISTORY)[-1][0] == "a"


def test_what_was_known_never_changes(database: Connection, tmp_path: Path) -> None:
    rows = [session("m1", interview_type="a", loaded_at="2024-02-10T00:00:00Z")]
    load(database.dsn, hand_over(tmp_path / "1", {**person(), "sessions": rows}))
    late = [
        session("m1", interview_type="b", loaded_at="2024-02-05T00:00:00Z"),
        session("m1", interview_type="c", loaded_at="2024-03-01T00:00:00Z"),
        session("m2", interview_type="d", loaded_at="2024-02-06T00:00:00Z"),
    ]
    report = load(database.dsn, hand_over(tmp_path / "2", {**person(), "sessions": late}))
    known = utc("2024-03-01")
    assert report.known_at == known
    assert query(database.dsn, HISTORY.replace("order by", "order by session_id,")) == [
        ("a", utc("2024-02-10"), None, known, 1),
        # Known from its ingestion; the version after it cannot have been known before.
        ("b", known, utc("2024-02-05"), known, 2),
        ("c", known, utc("2024-03-01"), None, 2),
        ("d", known, utc("2024-02-06"), None, 2),
    ]
    again = load(database.dsn, tmp_path / "2")
    assert fate(again, "sessions") == (0, 3, {})


def test_a_load_lies_behind_every_instant_asked_for(database: Connection, tmp_path: Path) -> None:
    load(database.dsn, hand_over(tmp_path / "1", {**person(), "sessions": [session("m1")]}))
    with psycopg.connect(database.dsn) as connection:
        connection.execute("update run.clock set as_of = '2024-06-01Z'")
    new = [session("m2", loaded_at="2024-05-01T00:00:00Z")]
    report = load(database.dsn, hand_over(tmp_path / "2", {**person(), "sessions": new}))
    assert report.known_at == utc("2024-06-01") + TICK
    stored = "select loaded_at, source_loaded_at from raw.sessions where session_id = 'm2'"
    assert query(database.dsn, stored) == [(report.known_at, utc("2024-05-01"))]


def test_people_alone_are_known_from_the_day_they_joined(
    database: Connection, tmp_path: Path
) -> None:
    report = load(database.dsn, hand_over(tmp_path, person()))
    assert report.known_at == utc("2024-01-02")


def test_a_contradiction_is_quarantined_and_an_exact_copy_is_not(
    database: Connection, tmp_path: Path
) -> None:
    day = "2024-02-03T00:00:00Z"
    rows = [
        session("m1", interview_type="a", loaded_at=day),
        session("m1", interview_type="b", loaded_at=day),
        session("m2", loaded_at=day),
        session("m2", loaded_at=day),
    ]
    report = load(database.dsn, hand_over(tmp_path, {**person(), "sessions": rows}))
    assert fate(report, "sessions") == (1, 1, {"version_ambiguous": 2})


def test_a_small_reload_meets_a_large_history_by_its_keys(
    database: Connection, tmp_path: Path
) -> None:
    many = [session(f"m{number}") for number in range(400)]
    forms = [candidate_form(f"m{number}") for number in range(400)]
    tables = {**person(), "sessions": many, "candidate_feedback": forms}
    load(database.dsn, hand_over(tmp_path / "1", tables))
    some = [session("m1"), session("m2", interview_type="b"), session("new")]
    forms = [
        candidate_form("m1"),
        candidate_form("m2", excitement="1"),
        candidate_form("new"),
        candidate_form("m3", submitted_at="2024-02-01T11:00:00Z"),
        candidate_form("nobody"),
    ]
    tables = {**person(), "sessions": some, "candidate_feedback": forms}
    report = load(database.dsn, hand_over(tmp_path / "2", tables))
    assert fate(report, "sessions") == (2, 1, {})
    rules = {"feedback_before_session": 1, "reference_missing": 1}
    assert fate(report, "candidate_feedback") == (2, 1, rules)
    current = "select count(*) from raw.sessions where valid_to is null"
    assert query(database.dsn, current) == [(401,)]
    ended = "select session_id, valid_to from raw.sessions where valid_to is not null"
    assert query(database.dsn, ended) == [("m2", report.known_at)]
    assert counts(report, "candidate_feedback").n_read == 5
