"""A hand-over in another PostgreSQL database: its schema ``raw``, read in one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import adbc_driver_postgresql.dbapi as adbc
import numpy as np
import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict

from orchestration.lib.errors import UserError
from orchestration.lib.loading.blocks import NO_LINES, NO_TEXTS, Block
from orchestration.lib.loading.columns import check_texts
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.handover import (
    Header,
    missing_table,
    read_header,
    refuse_misspelt,
)
from orchestration.lib.loading.schema import quoted

SCHEMA = "raw"
_SCHEMES = ("postgres://", "postgresql://")
# Types that arrive as they are; all others come as the texts that the server makes of them.
_AS_THEY_ARE = frozenset(
    ("int2", "int4", "int8", "float4", "float8", "bool", "text", "varchar", "timestamptz")
)
# What only a warehouse of this kind has.
_HISTORY = {"load_seq", "load_id", "valid_to"}
_CONNECT_SECONDS = 10
_COLUMNS = """
    select tables.relname, columns.attname, types.typname
    from pg_class as tables
    inner join pg_namespace as namespaces on namespaces.oid = tables.relnamespace
    inner join pg_attribute as columns on columns.attrelid = tables.oid
    inner join pg_type as types on types.oid = columns.atttypid
    where namespaces.nspname = %s
        and tables.relkind in ('r', 'p', 'v', 'm', 'f')
        and columns.attnum > 0
        and not columns.attisdropped
    order by tables.relname, columns.attnum
"""


def is_dsn(source: str) -> bool:
    """Whether a hand-over's name is that of a database."""
    return source.startswith(_SCHEMES)


def shown_name(dsn: str) -> str:
    """Name a database for people: without user and password.

    Raises
    ------
    UserError
        When the text is no DSN that the client library can read.
    """
    try:
        words = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        # The library's own words would repeat the text, and its password with it.
        raise UserError(
            "RAW cannot be read as a DSN; write postgresql://user:password@host:5432/database"
        ) from None
    host = words.get("host") or words.get("hostaddr") or "localhost"
    return f"{words.get('dbname') or words.get('user') or 'postgres'} on {host}"


class DatabaseTable:
    """One of the contract's tables (or views) in another database.

    Parameters
    ----------
    connection : adbc_driver_postgresql.dbapi.Connection
        In the transaction in which all tables are read.
    table : Table
        What it should hold.
    types : dict of str to str
        Its columns' type names, in order.
    """

    def __init__(self, connection: adbc.Connection, table: Table, types: dict[str, str]) -> None:
        self.name = f"{SCHEMA}.{table.name}"
        self.header: Header = read_header(self.name, list(types), table)
        self._connection = connection
        self._select = ", ".join(
            quoted(name) if kind in _AS_THEY_ARE else f"{quoted(name)}::text as {quoted(name)}"
            for name, kind in types.items()
        )

    def blocks(self) -> Iterator[Block]:
        """Read the rows as the server sends them."""
        first = 1
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(f"select {self._select} from {self.name}")
                for batch in cursor.fetch_record_batch():
                    yield self._block(batch, first)
                    first += batch.num_rows
            # What happens once rows are on their way comes through C as a failure of input.
            except (adbc.Error, OSError) as error:
                raise _unreadable(self.name, error) from None

    def _block(self, batch: pa.RecordBatch, first: int) -> Block:
        columns = {
            name: check_texts(f"{self.name}, column {name}", values, first)
            for name, values in zip(self.header.names, batch.columns, strict=True)
        }
        lines = pa.array(np.arange(first, first + batch.num_rows))
        return Block(columns, lines, NO_LINES, NO_TEXTS)


@contextmanager
def open_database(dsn: str, tables: Sequence[Table]) -> Iterator[dict[str, DatabaseTable]]:
    """Open the contract's tables of another database, as they stand at one instant.

    Parameters
    ----------
    dsn : str
        The database's address.
    tables : sequence of Table
        The contract.

    Yields
    ------
    dict of str to DatabaseTable
        By table name; optional tables that are not there are left out.

    Raises
    ------
    UserError
        When the server cannot be reached, lacks a required table, or is a warehouse of this kind.
    """
    types = _column_types(dsn)
    _refuse_history(dsn, types)
    with _snapshot(dsn) as connection:
        where = f"schema {SCHEMA} of {shown_name(dsn)}"
        opened = {}
        for table in tables:
            if table.name in types:
                opened[table.name] = DatabaseTable(connection, table, types[table.name])
            elif table.is_required:
                raise UserError(missing_table(where, [table.name], list(types)))
        refuse_misspelt(where, list(types), [t.name for t in tables if t.name not in opened])
        yield opened


@contextmanager
def _snapshot(dsn: str) -> Iterator[adbc.Connection]:
    try:
        with adbc.connect(dsn) as connection:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
                # Else a server that keeps its texts in another encoding sends them as they lie.
                cursor.execute("set local client_encoding = 'UTF8'")
            yield connection
    except adbc.OperationalError as error:
        raise _unreadable(shown_name(dsn), error) from None


def _column_types(dsn: str) -> dict[str, dict[str, str]]:
    try:
        with psycopg.connect(
            dsn, connect_timeout=_CONNECT_SECONDS, client_encoding="utf8"
        ) as connection:
            rows = connection.execute(_COLUMNS, [SCHEMA]).fetchall()
    except psycopg.Error as error:
        raise _unreadable(shown_name(dsn), error) from None
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def _refuse_history(dsn: str, types: dict[str, dict[str, str]]) -> None:
    if any(set(columns) >= _HISTORY for columns in types.values()):
        raise UserError(
            f"{shown_name(dsn)} is a warehouse of this kind: its schema {SCHEMA} holds the"
            " history of many hand-overs; let RAW name the database that the data come from"
        )


def _unreadable(name: str, error: Exception) -> UserError:
    reason = " ".join(str(error).split())[:160]
    return UserError(f"{name} cannot be read ({reason}); check RAW and the rights of its user")
