"""Who may read what, tried as the roles themselves."""

import psycopg
import pytest
from psycopg import errors, sql
from warehouse_house import House

pytestmark = pytest.mark.slow


def _reads(house: House, role: str, statement: str, interviewer_id: str = "") -> list[tuple]:
    with psycopg.connect(house.dsn) as connection, connection.transaction(force_rollback=True):
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        if interviewer_id:
            connection.execute(
                "select set_config('app.interviewer_id', %s, true)", (interviewer_id,)
            )
        return connection.execute(statement).fetchall()


def test_every_portal_table_shows_rows_to_their_owner_only(house: House):
    with psycopg.connect(house.dsn) as connection:
        unguarded = connection.execute(
            """
            select relname from pg_class
            where relnamespace = 'portal'::regnamespace and relkind in ('r', 'p', 'v', 'm')
                and not (relrowsecurity and relforcerowsecurity)
            """
        ).fetchall()
        interviewers = connection.execute(
            "select interviewer_id from scores.fct_experience_scores order by 1 limit 2"
        ).fetchall()
    assert unguarded == []
    (mine,), (another,) = interviewers
    every_row = "select interviewer_id from portal.fct_own_scores"
    assert _reads(house, "interviewer_portal", every_row) == []
    assert _reads(house, "interviewer_portal", every_row, mine) == [(mine,)]
    assert _reads(house, "interviewer_portal", every_row, another) == [(another,)]
    assert _reads(house, "interviewer_portal", every_row, "' or true --") == []


def test_analysts_read_what_is_published_and_nothing_before_it(house: House):
    for table in (
        "marts.fct_sessions",
        "scores.fct_accuracy_scores",
        "marts.fct_onboarding_meetings",
        "policy.fct_interviewer_eligibility",
        "policy.fct_thresholds_in_force",
        "policy.fct_onboarding_due",
        "reports.rpt_platform_health",
    ):
        assert _reads(house, "bi_reader", f"select count(*) from {table}")[0][0] > 0
    for table in ("raw.sessions", "scores_next.fct_accuracy_scores", "portal.fct_own_scores"):
        with pytest.raises(errors.InsufficientPrivilege):
            _reads(house, "bi_reader", f"select count(*) from {table}")


@pytest.mark.parametrize(
    "table",
    [
        "scores.fct_experience_scores",
        # A verdict should rest on the interview alone.
        "scores.fct_candidate_readiness",
        "raw.sessions",
        "marts.fct_feedback",
    ],
)
def test_the_portal_reads_nothing_but_the_portal(house: House, table: str):
    with pytest.raises(errors.InsufficientPrivilege):
        _reads(house, "interviewer_portal", f"select * from {table}")


# What a role may do with anything outside the catalogue, be it with single columns.
RIGHTS = """
    select relations.oid::regclass::text, rights.name
    from pg_class as relations
    cross join unnest(array[
        'select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'
    ]) as rights (name)
    where relations.relkind in ('r', 'p', 'v', 'm', 'f')
        and relations.relnamespace::regnamespace::text
            !~ '^(pg_catalog|pg_toast|information_schema)'
        and (
            has_table_privilege('ops_writer', relations.oid, rights.name)
            or rights.name in ('select', 'insert', 'update', 'references')
            and has_any_column_privilege('ops_writer', relations.oid, rights.name)
        )
    order by 1, 2
"""
COLUMNS = """
    select attrelid::regclass::text, string_agg(attname, ' ' order by attnum)
    from pg_attribute
    where attrelid::regclass::text like 'ops.%' and attnum > 0
        and has_column_privilege('ops_writer', attrelid, attname, 'insert')
    group by 1 order by 1
"""
SCHEMAS = "select nspname from pg_namespace where has_schema_privilege('ops_writer', oid, 'create')"


def test_the_writer_of_decisions_inserts_them_and_may_nothing_else(house: House):
    with psycopg.connect(house.dsn) as connection:
        rights, columns, schemas = (
            connection.execute(question).fetchall() for question in (RIGHTS, COLUMNS, SCHEMAS)
        )
    assert rights == [("ops.excused_ratings", "insert"), ("ops.standing_decisions", "insert")]
    assert columns == [
        ("ops.excused_ratings", "session_id reason_code decided_by decided_at"),
        ("ops.standing_decisions", "interviewer_id decision decided_by reason decided_at"),
    ]
    assert schemas == []
    for table in ("scores.fct_experience_scores", "raw.sessions", "ops.standing_decisions"):
        with pytest.raises(errors.InsufficientPrivilege):
            _reads(house, "ops_writer", f"select count(*) from {table}")


def test_nobody_but_the_owner_makes_temporary_tables(house: House):
    with pytest.raises(errors.InsufficientPrivilege):
        _reads(house, "bi_reader", "create temporary table mine (a int)")
