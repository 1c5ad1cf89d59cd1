"""The instant a run stands for."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from orchestration.lib.clock import RunScope, decide_scope, read_clock, set_clock
from orchestration.lib.postgres import Connection

EARLIER = datetime(2026, 1, 31, 9, tzinfo=UTC)
LATER = EARLIER + timedelta(days=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def connection(database: Connection):
    with psycopg.connect(database.dsn) as connection:
        for suffix in ("", "_asof", "_preview"):
            connection.execute(f"create schema run{suffix}")
            connection.execute(f"create table run{suffix}.clock (as_of timestamptz)")
            connection.execute(f"insert into run{suffix}.clock values ('epoch')")
        connection.execute("create table run.loads (known_at timestamptz)")
        connection.execute("create table run.publications (as_of timestamptz)")
        yield connection


def _load(connection, known_at):
    connection.execute("insert into run.loads values (%s)", (known_at,))


def _publish(connection, as_of):
    connection.execute("insert into run.publications values (%s)", (as_of,))


def test_an_empty_platform_stands_at_the_epoch(connection):
    assert set_clock(connection, decide_scope(connection, None)) == EPOCH


def test_the_clock_is_the_newest_instant_known(connection):
    _load(connection, EARLIER)
    _load(connection, LATER)
    _load(connection, None)
    assert set_clock(connection, decide_scope(connection, None)) == LATER
    assert read_clock(connection) == LATER


def test_as_of_wins_over_what_is_known(connection):
    _load(connection, LATER)
    assert set_clock(connection, decide_scope(connection, EARLIER)) == EARLIER


def test_a_plain_run_never_goes_behind_the_published_figures(connection):
    _load(connection, EARLIER)
    _publish(connection, LATER)
    scope = decide_scope(connection, None)
    assert not scope.looks_back
    assert set_clock(connection, scope) == LATER


def test_a_run_before_the_published_figures_has_schemas_of_its_own(connection):
    _publish(connection, LATER)
    scope = decide_scope(connection, EARLIER)
    assert (scope.looks_back, scope.suffix, scope.dbt_target) == (True, "_asof", "asof")
    assert set_clock(connection, scope) == EARLIER
    assert read_clock(connection) == EPOCH
    assert read_clock(connection, "_asof") == EARLIER


def test_a_policy_is_tried_at_the_published_instant_and_beside_it(connection):
    _publish(connection, LATER)
    scope = decide_scope(connection, None, tries=True)
    assert (scope.publishes_nothing, scope.looks_back) == (True, False)
    assert (scope.suffix, scope.dbt_target) == ("_preview", "preview")
    assert set_clock(connection, scope) == LATER
    assert read_clock(connection) == EPOCH
    assert read_clock(connection, "_preview") == LATER


@pytest.mark.parametrize("asked", [None, LATER, LATER + timedelta(days=1)])
def test_a_run_at_or_after_the_published_figures_publishes(asked):
    scope = RunScope(asked=asked, published=LATER)
    assert (scope.looks_back, scope.suffix, scope.dbt_target) == (False, "", "main")
