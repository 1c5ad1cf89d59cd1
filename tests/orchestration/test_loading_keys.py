"""The keys of raw tables: made after the rows of a first load, and always there after it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from loading_folders import candidate_form, fate, hand_over, person, query, session

from orchestration.lib.loading import contract, load, prepare_raw
from orchestration.lib.loading.keys import keys_made_last
from orchestration.lib.postgres import Connection

SESSIONS = next(table for table in contract() if table.name == "sessions")
INDEXES = """
    select indexdef, is_whole from (
        select indexdef, indisvalid and indisready as is_whole
        from pg_indexes
        inner join pg_index on indexrelid = format('raw.%I', indexname)::regclass
        where schemaname = 'raw'
    ) as found order by indexdef
"""
FILES = """
    select relname, pg_relation_filenode(oid) from pg_class
    where relnamespace = 'raw'::regnamespace order by relname
"""


def prepare(database: Connection) -> list[tuple[object, ...]]:
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        prepare_raw(connection)
    return query(database.dsn, INDEXES)


def small_platform(folder: Path) -> Path:
    forms = [candidate_form("m1")]
    sessions = [session("m1"), session("m2")]
    return hand_over(folder, {**person(), "sessions": sessions, "candidate_feedback": forms})


def test_a_first_load_leaves_every_key_and_index_as_prepared(
    database: Connection, tmp_path: Path
) -> None:
    prepared = prepare(database)
    load(database.dsn, small_platform(tmp_path))
    assert query(database.dsn, INDEXES) == prepared
    # Primary key, current version, load watermark, for each table; some have one more.
    assert len(prepared) > 3 * len(contract())
    assert all(is_whole for _, is_whole in prepared)
    again = "insert into raw.sessions select * from raw.sessions"
    with (
        psycopg.connect(database.dsn) as connection,
        pytest.raises(psycopg.errors.UniqueViolation),
    ):
        connection.execute(again)


def test_keys_of_filled_tables_are_not_made_again(database: Connection, tmp_path: Path) -> None:
    load(database.dsn, small_platform(tmp_path / "1"))
    before = dict(query(database.dsn, FILES))
    more = {**person(), "sessions": [session("m3")], "candidate_feedback": [candidate_form("m3")]}
    report = load(database.dsn, hand_over(tmp_path / "2", more))
    assert fate(report, "sessions") == (1, 0, {})
    assert dict(query(database.dsn, FILES)) == before


def test_a_load_that_dies_with_its_keys_aside_leaves_them(database: Connection) -> None:
    prepared = prepare(database)
    connection = psycopg.connect(database.dsn)
    with pytest.raises(psycopg.OperationalError), keys_made_last(connection, SESSIONS):
        _die_without_keys(connection, database, len(prepared))
    assert query(database.dsn, INDEXES) == prepared


def _die_without_keys(connection: psycopg.Connection, database: Connection, n_before: int) -> None:
    assert len(connection.execute(INDEXES).fetchall()) < n_before
    query(database.dsn, f"select pg_terminate_backend({connection.info.backend_pid})")


def test_nobody_is_waited_for_who_reads_an_empty_table(
    database: Connection, tmp_path: Path
) -> None:
    prepared = prepare(database)
    with psycopg.connect(database.dsn) as reader:
        assert reader.execute("select count(*) from raw.sessions").fetchone() == (0,)
        report = load(database.dsn, small_platform(tmp_path))
    assert fate(report, "sessions") == (2, 0, {})
    assert query(database.dsn, INDEXES) == prepared


def test_what_hangs_on_a_key_stays(database: Connection, tmp_path: Path) -> None:
    prepare(database)
    with psycopg.connect(database.dsn) as owner:
        owner.execute("""
            create view public.counted as
            select s.session_id, s.loaded_at, s.kind, count(*) as n
            from raw.sessions as s group by s.session_id, s.loaded_at, s.load_version;
            create table public.note (candidate_id text, loaded_at timestamptz, version integer,
                foreign key (candidate_id, loaded_at, version) references raw.candidates)
        """)
    prepared = query(database.dsn, INDEXES)
    report = load(database.dsn, small_platform(tmp_path))
    assert fate(report, "candidates") == (1, 0, {})
    assert query(database.dsn, "select count(*), min(n) from public.counted") == [(2, 1)]
    assert query(database.dsn, INDEXES) == prepared
