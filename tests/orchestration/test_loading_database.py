"""A hand-over that lies in another database: the same rules, one snapshot, no password anywhere."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from every_table import places_of
from loading_folders import candidate_form, counts, fate, hand_over, person, query, session

from orchestration.lib.errors import UserError
from orchestration.lib.hand_over import check_hand_over
from orchestration.lib.loading import load, shown_name
from orchestration.lib.postgres import Connection
from orchestration.lib.settings import Settings

SOURCE = """
    create schema raw;
    create domain raw.handle as varchar(40);
    create type raw.kind as enum ('mock', 'real', 'odd');
    create table raw.interviewers (
        interviewer_id text, handle raw.handle, joined_at timestamptz,
        years_experience numeric(4, 1)
    );
    create table raw.people (id integer, joined timestamptz, shoe_size smallint);
    create view raw.candidates as
        select id as candidate_id, joined as signed_up_at, shoe_size from raw.people;
    create table raw.sessions (
        status text, session_id uuid, kind raw.kind, interview_type char(12), interviewer_id text,
        candidate_id bigint, company_id text, scheduled_at timestamptz, started_at timestamptz,
        ended_at timestamptz
    );
    create table raw.candidate_feedback (
        session_id uuid, submitted_at timestamptz, excitement numeric, question_quality smallint,
        comment varchar(200), device jsonb
    );
    create table raw.interviewer_feedback (
        session_id uuid, submitted_at timestamp, would_advance boolean, technical double precision
    );
    create table raw.unrelated (x integer);
    insert into raw.interviewers values ('i1', 'Ada', '2024-01-01Z', 7.5);
    insert into raw.people values (7, '2024-01-02Z', 42), (8, 'infinity', 43);
    insert into raw.sessions values
        ('completed', '00000000-0000-0000-0000-000000000001', 'mock', 'algorithms', 'i1', 7, null,
            '2024-02-01 12:00Z', '2024-02-01 12:00Z', '2024-02-01 13:00Z'),
        ('completed', '00000000-0000-0000-0000-000000000002', 'odd', 'algorithms', 'i1', 7, null,
            '2024-02-01 12:00Z', '2024-02-01 12:00Z', '2024-02-01 13:00Z');
    insert into raw.candidate_feedback values
        ('00000000-0000-0000-0000-000000000001', '2024-02-01 14:00Z', 4.0, 3,
            E'two\\nlines; drop table raw.sessions; --', '{"os": "ü"}'),
        ('00000000-0000-0000-0000-000000000002', '2024-02-01 14:00Z', 2.5, 9, null, null);
    insert into raw.interviewer_feedback values
        ('00000000-0000-0000-0000-000000000001', '2024-02-01 14:00', true, 3);
"""


@pytest.fixture
def source(postgres, request: pytest.FixtureRequest) -> Connection:
    """Another database of the tests' server, with the contract's tables as somebody keeps them."""
    owner = postgres.connection()
    name = f"shop_{abs(hash(request.node.name)) % 10**9}"
    with psycopg.connect(postgres.superuser().dsn, autocommit=True) as link:
        link.execute(f"create database {name} owner {owner.user}")
    with psycopg.connect(_dsn(owner, name)) as own:
        own.execute(SOURCE)
    return _dsn(owner, name)


def _dsn(owner: Connection, name: str) -> str:
    words = psycopg.conninfo.conninfo_to_dict(owner.dsn) | {"dbname": name}
    host, port = words["host"], words["port"]
    place = f"/{name}?host={host}&port={port}" if host.startswith("/") else f"{host}:{port}/{name}"
    at = "" if host.startswith("/") else f"{words['user']}:{words['password']}@"
    end = f"&user={words['user']}&password={words['password']}" if host.startswith("/") else ""
    return f"postgresql://{at}{place}{end}"


def test_tables_and_views_of_any_type_are_held_to_the_contract(
    database: Connection, source: str
) -> None:
    report = load(database.dsn, source)

    assert fate(report, "interviewers") == (1, 0, {})
    assert fate(report, "candidates") == (1, 0, {"type_invalid": 1})
    assert fate(report, "sessions") == (1, 0, {"value_unknown": 1})
    assert fate(report, "candidate_feedback") == (1, 0, {"type_invalid": 1})
    assert fate(report, "interviewer_feedback") == (0, 0, {"offset_missing": 1})
    assert counts(report, "candidates").unknown_columns == ("shoe_size",)
    form = "select session_id, excitement, comment, extra from raw.candidate_feedback"
    assert query(database.dsn, form) == [
        (
            "00000000-0000-0000-0000-000000000001",
            4,
            "two\nlines; drop table raw.sessions; --",
            {"device": '{"os": "ü"}'},
        )
    ]
    people = "select candidate_id, interview_type from raw.sessions"
    assert query(database.dsn, people) == [("7", "algorithms")]
    kept = "select file, line, row_text::jsonb ->> 'kind' from quarantine.sessions"
    assert query(database.dsn, kept) == [("raw.sessions", 2, "odd")]

    again = load(database.dsn, source)
    assert sum(table.n_accepted for table in again.tables) == 0


def test_texts_of_another_encoding_arrive_as_they_read(
    postgres, database: Connection, source: str
) -> None:
    owner = psycopg.conninfo.conninfo_to_dict(source)
    with psycopg.connect(postgres.superuser().dsn, autocommit=True) as link:
        link.execute(
            f"create database {owner['dbname']}_old owner {owner['user']}"
            " encoding 'LATIN1' locale 'C' template template0"
        )
    old = _dsn(postgres.connection(), f"{owner['dbname']}_old")
    with psycopg.connect(old, client_encoding="utf8") as connection:
        connection.execute(SOURCE.replace("ü", "y"))
        connection.execute("update raw.candidate_feedback set comment = 'später'")
    load(database.dsn, old)
    assert query(database.dsn, "select comment from raw.candidate_feedback") == [("später",)]


def test_the_password_goes_nowhere(database: Connection, source: str) -> None:
    load(database.dsn, source)
    password = psycopg.conninfo.conninfo_to_dict(source)["password"]
    assert places_of(database.dsn, password, "postgresql://") == set()
    assert query(database.dsn, "select source from run.loads") == [(shown_name(source),)]


def test_many_rows_come_as_a_stream(database: Connection, source: str) -> None:
    with psycopg.connect(source) as connection:
        connection.execute(
            "insert into raw.people select n, '2024-01-02Z', 40"
            " from generate_series(100, 300099) as n"
        )
    assert counts(load(database.dsn, source), "candidates").n_accepted == 200_001 + 100_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("drop table raw.sessions", "lacks the required table sessions; add it"),
        ("alter table raw.sessions rename to session", "sessions; rename session"),
        ("alter table raw.sessions drop column status", "column status is missing"),
        ("drop schema raw cascade", "lacks the required table"),
        (
            "alter table raw.sessions add load_seq int, add load_id int, add valid_to date",
            "history",
        ),
        (
            'create table raw."Hiring_Decisions" (session_id uuid)',
            "holds Hiring_Decisions, .* rename it hiring_decisions",
        ),
        (
            "create view raw.hiring_decisions as select session_id, submitted_at as decided_at,"
            " 1 / (technical - 3) = 0 as advanced from raw.interviewer_feedback",
            r"raw\.hiring_decisions cannot be read .*division by zero",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    database: Connection, source: str, change: str, message: str
) -> None:
    with psycopg.connect(source) as connection:
        connection.execute(change)
    with pytest.raises(UserError, match=message) as refused:
        load(database.dsn, source)
    assert "password" not in str(refused.value)
    assert query(database.dsn, "select to_regnamespace('landing')") == [(None,)]
    with psycopg.connect(database.dsn) as connection:
        if connection.execute("select to_regclass('run.loads')").fetchone()[0]:
            assert connection.execute("select count(*) from run.loads").fetchone() == (0,)
            assert connection.execute("select count(*) from raw.interviewers").fetchone() == (0,)


def test_the_warehouse_itself_is_no_hand_over(database: Connection, tmp_path: Path) -> None:
    tables = {**person(), "sessions": [session("m1")], "candidate_feedback": [candidate_form("m1")]}
    load(database.dsn, hand_over(tmp_path, tables))
    own = _dsn(database, database.dbname)
    with pytest.raises(UserError, match="warehouse of this kind"):
        load(database.dsn, own)


def test_a_table_that_may_not_be_read_is_named(postgres, database: Connection, source: str) -> None:
    with psycopg.connect(postgres.superuser().dsn, autocommit=True) as link:
        link.execute("drop role if exists visitor")
        link.execute("create role visitor login password 'very-secret'")
    with psycopg.connect(source) as connection:
        connection.execute("grant usage on schema raw to visitor")
    owner = psycopg.conninfo.conninfo_to_dict(source)
    visitor = source.replace(owner["user"], "visitor").replace(owner["password"], "very-secret")
    with pytest.raises(UserError, match=r"raw\.interviewers cannot be read .*permission denied"):
        load(database.dsn, visitor)


def test_a_server_that_is_not_there_is_one_sentence(database: Connection, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"shop on 127\.0\.0\.1 cannot be read") as refused:
        load(database.dsn, "postgresql://me:secret@127.0.0.1:1/shop")
    assert "secret" not in str(refused.value)
    with pytest.raises(UserError, match="cannot be read as a DSN") as refused:
        check_hand_over(Settings(home=tmp_path, raw="postgresql://me:secret@[/x y"))
    assert "secret" not in str(refused.value)
