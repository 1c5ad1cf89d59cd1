"""What people record with `make decide` and `make excuse`: checked, kept, never changed."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from loading_folders import candidate_form, hand_over, person, query, session, utc

from orchestration.lib.errors import UserError
from orchestration.lib.inbox import decide, excuse
from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection
from orchestration.lib.prepare import excuse_reasons, prepare_warehouse
from orchestration.lib.settings import Settings

AS_OF = utc("2024-02-01T14:00:00")
TICK = timedelta(microseconds=1)
WARNING = {"INTERVIEWER": "i1", "DECISION": "warn", "BY": "ada", "REASON": "below the line"}
EXCUSE = {"SESSION": "s1", "REASON_CODE": "technical_failure", "BY": "ada"}


@pytest.fixture
def loaded(database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prepared warehouse with a rated session, one without a rating, and nothing published."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    prepare_warehouse(Settings(home=tmp_path, dsn=database.dsn))
    tables = person() | {
        "sessions": [session("s1"), session("s2")],
        "candidate_feedback": [candidate_form("s1"), candidate_form("s2", excitement="")],
    }
    tables["interviewers"][0]["handle"] = "Kofi"
    load(database.dsn, hand_over(tmp_path / "folder", tables))
    return database.dsn


@pytest.fixture
def dsn(loaded: str) -> str:
    publish(loaded, AS_OF)
    return loaded


def publish(dsn: str, as_of: datetime) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("update run.clock set as_of = %s", [as_of])
        connection.execute("insert into run.publications (as_of) values (%s)", [as_of])


def record_excuse(dsn: str, **changes: str) -> str:
    return excuse(dsn, EXCUSE | changes, excuse_reasons())


def test_a_decision_is_kept_as_it_was_said(dsn: str) -> None:
    reason = """costs "$5" & it's `fine`; 50 % of 12, c2 and c1x, not "c"\n(two lines)"""
    said = decide(dsn, WARNING | {"REASON": f"  {reason}\n"})
    assert said.startswith("Recorded: warn for interviewer i1, decided by ada as of 2024-02-01 14:")
    assert "next run" in said
    (row,) = query(dsn, "select * from ops.standing_decisions")
    decision_id, *told, decided_at, recorded_at, recorded_by = row
    assert re.fullmatch(r"ops-[0-9a-f-]{36}", decision_id)
    assert told == ["i1", "warn", "ada", reason]
    assert decided_at == AS_OF + TICK
    assert datetime.now(UTC) - recorded_at < timedelta(minutes=5)
    assert query(dsn, "select session_user::text") == [(recorded_by,)]


def test_a_decision_is_told_beside_what_is_published(dsn: str) -> None:
    published = "'i1' as interviewer_id, 'good' as standing, null::text as recommended"
    with psycopg.connect(dsn) as connection:
        connection.execute("create schema policy")
        connection.execute(f"create table policy.fct_interviewer_standing as select {published}")
    said = decide(dsn, WARNING | {"DECISION": "reinstate"})
    assert "reinstate for interviewer i1 (published: good, nothing recommended), decided" in said


def test_of_decisions_on_the_same_figures_the_later_one_is_later(dsn: str) -> None:
    for decision in ("warn", "override", "appeal_upheld"):
        decide(dsn, WARNING | {"DECISION": decision})
    ordered = query(dsn, "select decision, decided_at from ops.standing_decisions order by 2")
    assert ordered == [
        ("warn", AS_OF + TICK),
        ("override", AS_OF + 2 * TICK),
        ("appeal_upheld", AS_OF + 3 * TICK),
    ]
    with pytest.raises(UserError, match="that very instant"):
        decide(dsn, WARNING | {"AT": (AS_OF + TICK).isoformat()})


def test_figures_of_today_give_decisions_of_now_at_the_latest(loaded: str) -> None:
    publish(loaded, datetime.now(UTC) + timedelta(hours=5))
    decide(loaded, WARNING)
    ((decided_at, recorded_at),) = query(
        loaded, "select decided_at, recorded_at from ops.standing_decisions"
    )
    assert abs(recorded_at - decided_at) < timedelta(minutes=1)


def test_the_instant_may_be_said(dsn: str) -> None:
    decide(dsn, WARNING | {"AT": "2024-01-20T10:00:00+01:00"})
    assert query(dsn, "select decided_at from ops.standing_decisions") == [
        (utc("2024-01-20T09:00:00"),)
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"INTERVIEWER": "i11"}, "INTERVIEWER=i11 is not known; near it: i1"),
        ({"INTERVIEWER": "somebody"}, "is not known; scores.fct_experience_scores lists them"),
        ({"INTERVIEWER": "Kofi"}, "INTERVIEWER=Kofi is not known; that is the handle of i1"),
        ({"REASON": "caf\udce9"}, "REASON is no UTF-8 text"),
        ({"INTERVIEWER": "i\udcff"}, "INTERVIEWER is no UTF-8 text"),
        ({"DECISION": "fire"}, "DECISION=fire is not known; one of: outreach, warn, pause, rein"),
        ({"REASON": " "}, r'REASON missing; write make decide INTERVIEWER="..." DECISION='),
        ({"BY": "", "DECISION": ""}, "DECISION and BY missing"),
        ({"BY": "ada@example.org"}, "no e-mail address"),
        ({"BY": "a" * 256}, "BY must be a short identifier"),
        ({"REASON": "what (c1) wrote"}, "names a candidate, who may ask to be erased"),
        ({"AT": "yesterday"}, "AT='yesterday' is not an instant"),
        ({"AT": "2024-01-20T09:00:00"}, "has no offset"),
        ({"AT": "2999-01-01T00:00:00Z"}, "lies in the future"),
        ({"AT": "2024-02-03T00:00:00Z"}, "more than a day after the published figures"),
        ({"AT": "2023-12-31T00:00:00Z"}, "before interviewer i1 joined"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    dsn: str, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UserError) as refusal:
        decide(dsn, WARNING | changes)
    assert sentence in str(refusal.value)
    assert query(dsn, "select count(*) from ops.standing_decisions") == [(0,)]


def test_a_candidate_who_was_erased_is_still_not_to_be_named(dsn: str, tmp_path: Path) -> None:
    request = {"candidate_id": "c1", "requested_at": "2024-02-02T00:00:00Z"}
    load(dsn, hand_over(tmp_path / "asked", {"erasure_requests": [request]}))
    assert query(dsn, "select count(*) from raw.candidates where candidate_id = 'c1'") == [(0,)]
    with pytest.raises(UserError, match="names a candidate"):
        decide(dsn, WARNING | {"REASON": "as c1 said"})


def test_nothing_is_decided_before_figures_are_published(loaded: str) -> None:
    for record in (lambda: decide(loaded, WARNING), lambda: record_excuse(loaded)):
        with pytest.raises(UserError, match="nothing is published yet"):
            record()


def test_an_excuse_says_that_high_ratings_go_as_much_as_low_ones(dsn: str) -> None:
    said = record_excuse(dsn)
    assert "whether it is high or low" in said
    rows = query(dsn, "select session_id, reason_code, decided_by, decided_at"
                      " from ops.excused_ratings")  # fmt: skip
    assert rows == [("s1", "technical_failure", "ada", AS_OF + TICK)]
    with pytest.raises(UserError, match="session s1 is excused already"):
        record_excuse(dsn, REASON_CODE="emergency")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SESSION": "s\udcff"}, "SESSION is no UTF-8 text"),
        ({"SESSION": "s9"}, "no session s9 is known"),
        ({"SESSION": "s2"}, "session s2 holds no rating by its candidate"),
        ({"REASON_CODE": "low"}, "REASON_CODE=low is not known; one of: technical_failure, "),
        ({"SESSION": "", "BY": ""}, "SESSION and BY missing; write make excuse SESSION="),
        ({"AT": "2024-01-31T00:00:00Z"}, "before session s1 began"),
    ],
)
def test_an_excuse_that_cannot_be_is_refused(
    dsn: str, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UserError) as refusal:
        record_excuse(dsn, **changes)
    assert sentence in str(refusal.value)
    assert query(dsn, "select count(*) from ops.excused_ratings") == [(0,)]


def test_not_even_the_owner_changes_what_was_recorded(dsn: str) -> None:
    decide(dsn, WARNING)
    for statement in (
        "update ops.standing_decisions set reason = 'another'",
        "delete from ops.standing_decisions",
        "truncate ops.excused_ratings",
    ):
        with pytest.raises(psycopg.errors.RaiseException, match="only appended to"):
            query(dsn, statement)


@pytest.fixture
def writer(dsn: str) -> Iterator[psycopg.Connection]:
    """The owner in the place of a program that writes here, each statement for itself."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set role ops_writer")
        yield connection


DECISION = "insert into ops.standing_decisions (interviewer_id, decision, decided_by, reason)"
RATING = "insert into ops.excused_ratings (session_id, reason_code, decided_by)"


def test_a_plain_insert_is_held_to_the_same_rules(writer: psycopg.Connection, dsn: str) -> None:
    for refused in (
        f"{DECISION} values ('i2', 'warn', 'ada', 'why')",
        f"{DECISION} values ('i1', 'fire', 'ada', 'why')",
        f"{DECISION} values ('i1', 'warn', ' ', 'why')",
        f"{DECISION} values ('i1', 'warn', 'ada', E'\\n')",
        f"{DECISION} values ('i1', 'warn', 'ada', 'c1')",
        f"{DECISION} values ('i1', 'warn', 'ada', null)",
        f"{RATING} values ('s9', 'emergency', 'ada')",
        f"{RATING} values ('s1', 'low', 'ada')",
    ):
        with pytest.raises((psycopg.IntegrityError, psycopg.errors.RaiseException)):
            writer.execute(refused)
    writer.execute(f"{DECISION} values ('i1', 'warn', 'a', 'b'), ('i1', 'pause', 'a', 'b')")
    writer.execute(f"{RATING} values ('s1', 'emergency', 'ada')")
    assert query(dsn, "select decision, decided_at from ops.standing_decisions order by 2") == [
        ("warn", AS_OF + TICK),
        ("pause", AS_OF + 2 * TICK),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from ops.standing_decisions",
        f"{DECISION} values ('i1', 'warn', 'ada', 'why') returning decision_id",
        "insert into ops.standing_decisions (decision_id) values ('mine')",
        "insert into ops.excused_ratings (recorded_by) values ('somebody else')",
        "update ops.standing_decisions set reason = ''",
        "delete from ops.excused_ratings",
        "truncate ops.excused_ratings",
        "select ops.names_a_candidate('c1')",
        "insert into raw.standing_decisions select",
        "select * from raw.sessions",
        "select * from run.publications",
        "select * from fitted.fit_registry",
        "create table ops.mine (a int)",
        "create table public.mine (a int)",
        "create temporary table mine (a int)",
    ],
)
def test_the_writer_may_do_nothing_else(writer: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute(statement)
