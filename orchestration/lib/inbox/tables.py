"""The inbox's two tables: appended to by people, never changed, emptied by nobody.

The rules that need other tables live in triggers, so that a row that comes by a plain ``insert``
is held to the same as one of ``make decide``, and is refused while its writer is still there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from orchestration.lib.inbox.rules import rules_ddl
from orchestration.lib.loading.contract import contract
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.inbox import INBOX_SCHEMA, INBOX_TABLES
from orchestration.lib.loading.parsing import LONGEST_NAME

# The role of people who write here from programs of their own.
WRITER = "ops_writer"

_TABLES = f"""
create schema if not exists {INBOX_SCHEMA};
create table if not exists {INBOX_SCHEMA}.standing_decisions (
    decision_id text primary key default 'ops-' || gen_random_uuid(),
    interviewer_id text not null,
    decision text not null,
    decided_by text not null,
    reason text not null,
    decided_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    recorded_by text not null default session_user,
    -- Of two decisions about one person it must be clear which one holds.
    constraint one_decision_at_a_time unique (interviewer_id, decided_at),
    constraint reason_given check (reason ~ '\\S')
);
create table if not exists {INBOX_SCHEMA}.excused_ratings (
    session_id text constraint excused_once primary key,
    reason_code text not null,
    decided_by text not null,
    decided_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    recorded_by text not null default session_user
);
"""
_GIVEN = {
    "standing_decisions": "interviewer_id, decision, decided_by, reason, decided_at",
    "excused_ratings": "session_id, reason_code, decided_by, decided_at",
}


def prepare_inbox(
    database: psycopg.Connection[Any], questions: Sequence[str], reasons: Sequence[str]
) -> None:
    """Create the inbox where it is absent, and bring its rules and grants up to date.

    Parameters
    ----------
    database : psycopg.Connection
        The owner's, in a transaction; schemas raw and run are there.
    questions : sequence of str
        The candidate form's questions: a session is rated if one of them is answered.
    reasons : sequence of str
        Codes for which a rating may be excused.
    """
    by_name = {table.name: table for table in contract(questions, excuse_reasons=reasons)}
    database.execute(_TABLES)
    for name in INBOX_TABLES:
        for statement in _constraints(by_name[name]):
            database.execute(statement)
    for statement in rules_ddl(questions):
        database.execute(statement)
    writer = database.execute("select from pg_roles where rolname = %s", (WRITER,)).fetchone()
    # Where this owner may not create roles, an administrator does, and it is prepared again.
    if writer is not None:
        _grant(database)


def _constraints(table: Table) -> list[sql.Composed]:
    """Write a table's lists of words anew: what was recorded under an older list stays."""
    checks = {
        f"{column.name}_known": sql.SQL("{} in ({})").format(
            sql.Identifier(column.name), sql.SQL(", ").join(map(sql.Literal, column.choices))
        )
        for column in table.columns
        if column.choices
    }
    # The contract takes identifiers, and no e-mail addresses.
    checks["decided_by_identifier"] = sql.SQL(
        "decided_by ~ '\\S' and strpos(decided_by, '@') = 0 and octet_length(decided_by) <= {}"
    ).format(sql.Literal(LONGEST_NAME))
    return [
        sql.SQL(
            "alter table {table} drop constraint if exists {name},"
            " add constraint {name} check ({check}) not valid"
        ).format(
            table=sql.Identifier(INBOX_SCHEMA, table.name), name=sql.Identifier(name), check=check
        )
        for name, check in checks.items()
    ]


def _grant(database: psycopg.Connection[Any]) -> None:
    writer, schema = sql.Identifier(WRITER), sql.Identifier(INBOX_SCHEMA)
    database.execute(sql.SQL("grant usage on schema {} to {}").format(schema, writer))
    for name, columns in _GIVEN.items():
        table = sql.Identifier(INBOX_SCHEMA, name)
        database.execute(sql.SQL("revoke all on {} from {}").format(table, writer))
        given = sql.SQL(", ").join(map(sql.Identifier, columns.split(", ")))
        database.execute(sql.SQL("grant insert ({}) on {} to {}").format(given, table, writer))
