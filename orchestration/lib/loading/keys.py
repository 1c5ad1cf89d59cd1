"""The keys of a raw table that is filled for the first time: made after its rows, not with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.schema import primary_key, raw_indexes

# Somebody reads the table, or has hung something of their own on it or on its key.
_IN_THE_WAY = (
    errors.LockNotAvailable,
    errors.DependentObjectsStillExist,
    errors.FeatureNotSupported,
    errors.InsufficientPrivilege,
)


@contextmanager
def keys_made_last(conn: psycopg.Connection, table: Table) -> Iterator[None]:
    """Fill a raw table with its keys put aside, if it is empty; else as it stands.

    Building an index over all rows at once costs a fraction of entering them one by one, and
    what a table cut anew holds need not go to the write-ahead log (where no standby reads it).
    Both stay inside the load's transaction: who stops it finds the empty table with its keys.

    Parameters
    ----------
    conn : psycopg.Connection
        In the load's transaction.
    table : Table
        Whose raw table is filled while the context lasts.
    """
    if not _put_keys_aside(conn, table):
        yield
        return
    yield
    conn.execute(f"alter table raw.{table.name} add {primary_key(table)}")
    for statement in raw_indexes(table).values():
        conn.execute(statement)


def _put_keys_aside(conn: psycopg.Connection, table: Table) -> bool:
    if not _is_empty(conn, table):
        return False
    try:
        with conn.transaction():
            # Without waiting: whoever reads the empty table may go on reading for long.
            conn.execute(f"lock table raw.{table.name} in access exclusive mode nowait")
            if not _is_empty(conn, table):
                raise errors.LockNotAvailable
            conn.execute(f"truncate raw.{table.name}")
            conn.execute(f"alter table raw.{table.name} drop constraint {table.name}_pkey")
            for index in raw_indexes(table):
                conn.execute(f"drop index raw.{index}")
    except _IN_THE_WAY:
        return False
    return True


def _is_empty(conn: psycopg.Connection, table: Table) -> bool:
    row = conn.execute(f"select not exists (select from raw.{table.name})").fetchone()
    return bool(row and row[0])
