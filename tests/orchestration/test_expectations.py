"""Suites run in the database by Great Expectations: in order, quietly, and leaving no trace."""

from __future__ import annotations

import psycopg
import pytest
from borders import execute
from sqlalchemy import Engine, event

from expectations.checks import Suite, between, has_rows, holds
from expectations.runner import describe, run_suites
from orchestration.lib.errors import UserError
from orchestration.lib.postgres import Connection

PEOPLE = Suite(
    "raw",
    "raw",
    "people",
    "select n, n > 0 as is_positive, n + null as nothing from generate_series(0, 9) as n",
    (
        holds("is_positive", "every number is positive", severity="warning"),
        between("n", 0, 9, "every number has one digit"),
        between("absent", 0, 1, "a column that is not there", severity="info"),
        has_rows("there are numbers"),
    ),
)


def test_outcomes_come_in_the_suite_s_order_with_what_was_seen(database: Connection) -> None:
    outcomes = run_suites(database.dsn, [PEOPLE, PEOPLE])
    assert [o.column for o in outcomes] == ["is_positive", "n", "absent", None] * 2
    first, second, absent, volume = outcomes[:4]
    assert (first.success, second.success, volume.success) == (False, True, True)
    assert first.observed["unexpected_count"] == 1
    assert describe(first) == ("expected that every number is positive, but 1 of 10 rows differ")
    assert volume.observed == {"observed_value": 10}
    # What cannot be looked at has not passed, and closes the border whatever it was worth.
    assert (absent.success, absent.severity) == (False, "critical")
    assert "absent" in absent.observed["error"]


def test_the_runner_leaves_nothing_behind(
    database: Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    execute(database, "create table people (n integer)")
    run_suites(database.dsn, [PEOPLE])
    with psycopg.connect(database.dsn) as link:
        sessions = link.execute(
            "select count(*) from pg_stat_activity where application_name = 'ratings expectations'"
        ).fetchone()
    printed = capfd.readouterr()
    assert sessions == (0,)
    assert printed.out + printed.err == ""


def test_rows_stay_in_the_database(database: Connection) -> None:
    execute(database, "create table people as select n from generate_series(1, 5000) as n")
    checks = (has_rows("there are people"), between("n", 1, 10, "n is small"))
    suite = Suite("raw", "public", "people", "select n from people", checks)
    n_fetched: list[int] = []

    def count_rows(connection, cursor, statement, parameters, context, many) -> None:
        n_fetched.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", count_rows)
    try:
        outcomes = run_suites(database.dsn, [suite])
    finally:
        event.remove(Engine, "after_cursor_execute", count_rows)
    assert [o.success for o in outcomes] == [True, False]
    assert max(n_fetched) == 1


def test_suites_cannot_write(database: Connection) -> None:
    execute(database, "create sequence counter")
    query = "select nextval('counter') as n"
    intruder = Suite("raw", "raw", "people", query, (has_rows("a query that writes"),))
    [outcome] = run_suites(database.dsn, [intruder])
    assert "read-only transaction" in outcome.observed["error"]


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://owner:hush-hush@127.0.0.1:1/nowhere",
        "host=127.0.0.1 port=1 user=owner password=hush-hush dbname=nowhere",
        "postgresql://owner:hush-hush@127.0.0.1:port/nowhere?",
    ],
)
def test_a_password_is_never_shown(dsn: str) -> None:
    with pytest.raises(UserError) as caught:
        run_suites(dsn, [PEOPLE])
    message = str(caught.value)
    assert "hush-hush" not in message
    assert "\n" not in message
    assert caught.value.__suppress_context__
