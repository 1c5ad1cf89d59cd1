"""The raw border sees what is wrong with a hand-over, and lets the run go on."""

from __future__ import annotations

import json

import pytest
from borders import AS_OF, execute, failed_of, set_clock

from expectations import raw
from expectations.runner import reason_to_refuse, run_suites
from orchestration.lib.postgres import Connection

RAW_TABLES = """
create schema raw;
create table raw.interviewers (interviewer_id text, handle text, joined_at timestamptz,
    employer_tier text, years_experience double precision, interviews_conducted integer,
    valid_to timestamptz,
    loaded_at timestamptz default '2020-01-01Z');
create table raw.candidates (candidate_id text, signed_up_at timestamptz,
    experience_level text, valid_to timestamptz,
    loaded_at timestamptz default '2020-01-01Z');
create table raw.sessions (session_id text, kind text, interview_type text, interviewer_id text,
    candidate_id text, company_id text, ended_at timestamptz, status text, valid_to timestamptz,
    loaded_at timestamptz default '2020-01-01Z');
create table raw.candidate_feedback (session_id text, submitted_at timestamptz,
    excitement smallint, question_quality smallint, hint_quality smallint,
    communication smallint, valid_to timestamptz,
    loaded_at timestamptz default '2020-01-01Z');
create table raw.interviewer_feedback (session_id text, would_advance boolean,
    technical smallint, problem_solving smallint, communication smallint, valid_to timestamptz,
    loaded_at timestamptz default '2020-01-01Z');
create table raw.hiring_decisions (session_id text, advanced boolean, valid_to timestamptz,
    loaded_at timestamptz default '2020-01-01Z');
"""

# Four answers out of five are 4, every third verdict is no: an ordinary inflated platform.
RAW_ROWS = f"""
insert into raw.interviewers
select 'i' || n, null, '2025-01-01 00:00+00', 'faang', 6, 30, null
from generate_series(1, 5) as n;
insert into raw.candidates
select 'c' || n, '2025-01-01 00:00+00', 'mid', null from generate_series(1, 10) as n;
insert into raw.sessions
select 's' || n, 'mock', 'algorithms', 'i' || n % 5 + 1, 'c' || n % 10 + 1, null,
    timestamptz '{AS_OF}' - n * interval '1 day', 'completed', null
from generate_series(1, 30) as n;
insert into raw.candidate_feedback
select session_id, ended_at, 4 - (n % 5 = 0)::int, 4 - (n % 5 = 1)::int, 4 - (n % 5 = 2)::int,
    4 - (n % 5 = 3)::int, null
from (select *, row_number() over (order by session_id) as n from raw.sessions) as numbered;
insert into raw.interviewer_feedback
select session_id, n % 3 > 0, 3, 3, 3, null
from (select *, row_number() over (order by session_id) as n from raw.sessions) as numbered;
"""


@pytest.fixture
def raw_warehouse(database: Connection) -> Connection:
    execute(set_clock(database), RAW_TABLES)
    return database


def test_an_ordinary_platform_passes_the_raw_border(raw_warehouse: Connection) -> None:
    execute(raw_warehouse, RAW_ROWS)
    outcomes = run_suites(raw_warehouse.dsn, raw.suites())
    # The one optional table that was not handed over is pointed out, no more.
    assert failed_of(outcomes) == {("hiring_decisions", None, "info")}
    assert {o.table for o in outcomes} == {
        "interviewers",
        "candidates",
        "sessions",
        "candidate_feedback",
        "interviewer_feedback",
        "hiring_decisions",
    }
    assert json.loads(json.dumps([o.observed for o in outcomes]))


def test_an_empty_platform_passes_with_warnings(raw_warehouse: Connection) -> None:
    outcomes = run_suites(raw_warehouse.dsn, raw.suites())
    assert reason_to_refuse(outcomes) is None
    assert {table for table, _, severity in failed_of(outcomes) if severity == "warning"} == {
        "interviewers",
        "candidates",
        "sessions",
        "candidate_feedback",
        "interviewer_feedback",
    }


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("update raw.sessions set kind = 'mok'", ("sessions", "kind", "critical")),
        (
            "update raw.candidate_feedback set excitement = 5 where session_id = 's1'",
            ("candidate_feedback", "excitement", "critical"),
        ),
        (
            "update raw.interviewer_feedback set would_advance = null where session_id = 's1'",
            ("interviewer_feedback", "would_advance", "critical"),
        ),
        (
            "update raw.candidate_feedback set hint_quality = 5 - hint_quality",
            ("candidate_feedback", "hint_quality_top_share", "warning"),
        ),
        (
            "update raw.candidate_feedback set communication = null where session_id > 's2'",
            ("candidate_feedback", "communication", "warning"),
        ),
        (
            "update raw.interviewer_feedback set would_advance = true",
            ("interviewer_feedback", "yes_share", "warning"),
        ),
        (
            "update run.clock set as_of = as_of + interval '30 days'",
            ("sessions", "days_since_end", "warning"),
        ),
        (
            "update raw.sessions set ended_at = null where session_id like 's2%'",
            ("sessions", "has_end_if_completed", "warning"),
        ),
    ],
)
def test_the_raw_border_sees_damage(
    raw_warehouse: Connection, damage: str, expected: tuple[str, str, str]
) -> None:
    execute(raw_warehouse, RAW_ROWS, damage)
    assert expected in failed_of(run_suites(raw_warehouse.dsn, raw.suites()))


def test_the_raw_border_looks_at_current_versions_only(raw_warehouse: Connection) -> None:
    execute(
        raw_warehouse,
        RAW_ROWS,
        "insert into raw.sessions (kind, valid_to) values ('mok', '2020-02-01Z')",
    )
    assert reason_to_refuse(run_suites(raw_warehouse.dsn, raw.suites())) is None
