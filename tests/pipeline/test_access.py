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


def test_nobody_but_the_owner_makes_temporary_tables(house: House):
    with pytest.raises(errors.InsufficientPrivilege):
        _reads(house, "bi_reader", "create temporary table mine (a int)")
