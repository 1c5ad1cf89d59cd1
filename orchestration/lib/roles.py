"""The group roles that readers and writers of the warehouse are given."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import DuplicateObject, InsufficientPrivilege, UniqueViolation

GROUP_ROLES = ("bi_reader", "ops_writer", "interviewer_portal")


def ensure_roles(conn: psycopg.Connection[Any]) -> list[str]:
    """Create the group roles where absent, join the owner to them, and close temporary tables.

    Parameters
    ----------
    conn : psycopg.Connection
        The owner's; autocommit or not. Nothing is committed here that the caller began.

    Returns
    -------
    list of str
        One line for each thing this owner may not do, with what an administrator has to run;
        empty when all is in place.
    """
    undone = [role for role in GROUP_ROLES if not (_exists(conn, role) or _create(conn, role))]
    present = [role for role in GROUP_ROLES if role not in undone]
    apart = [role for role in present if not _join(conn, role)]
    owner, database = conn.info.user, conn.info.dbname
    notes = []
    if undone:
        mend = " ".join(f"create role {role}; grant {role} to {owner};" for role in undone)
        notes.append(
            f"group roles skipped: {', '.join(undone)}: {owner} may not create roles; "
            f"an administrator can: {mend}"
        )
    if apart:
        mend = " ".join(f"grant {role} to {owner};" for role in apart)
        notes.append(
            f"group roles without their owner: {', '.join(apart)} are somebody else's; "
            f"an administrator can: {mend}"
        )
    if not _close_temporary(conn, database):
        notes.append(
            f"everybody may still make temporary tables: {owner} does not own {database}; its "
            f"owner can: revoke temporary on database {database} from public;"
        )
    return notes


def _exists(conn: psycopg.Connection[Any], role: str) -> bool:
    return _truth(conn, "select exists (select from pg_roles where rolname = %s)", role)


def _create(conn: psycopg.Connection[Any], role: str) -> bool:
    try:
        with conn.transaction():
            conn.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    except (DuplicateObject, UniqueViolation):
        return True  # another start was faster
    except InsufficientPrivilege:
        return False
    return True


def _join(conn: psycopg.Connection[Any], role: str) -> bool:
    """Make the owner a member in full: since PostgreSQL 16 having created a role is not enough."""
    if _truth(conn, "select pg_has_role(current_user, %s, 'usage')", role):
        return True
    try:
        with conn.transaction():
            conn.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role)))
    except InsufficientPrivilege:
        return False
    return True


def _close_temporary(conn: psycopg.Connection[Any], database: str) -> bool:
    """Take temporary tables from public: in a reader's hands they are a way to fill the disk."""
    asked = "select has_database_privilege('public', current_database(), 'temporary')"
    if not _truth(conn, asked):
        return True
    try:
        with conn.transaction():
            statement = sql.SQL("revoke temporary on database {} from public")
            conn.execute(statement.format(sql.Identifier(database)))
    except InsufficientPrivilege:
        return False
    # A revoke without the right to it is only a warning: ask what came of it.
    return not _truth(conn, asked)


def _truth(conn: psycopg.Connection[Any], question: str, *arguments: str) -> bool:
    row = conn.execute(question, arguments).fetchone()
    return row is not None and bool(row[0])
