"""The loader's peer: CSV files streamed into typed tables by COPY, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psycopg

from orchestration.lib.loading.contract import contract
from orchestration.lib.loading.declaration import SQL_TYPES, Table
from orchestration.lib.loading.schema import listed, quoted

_CHUNK_BYTES = 2**20


def bare_copy(dsn: str, folder: Path, is_keyed_first: bool) -> None:
    """Copy a folder of CSV files into tables of the schema ``peer``, and drop them again.

    Parameters
    ----------
    dsn : str
        The server.
    folder : Path
        A hand-over; no row of it may be wrong.
    is_keyed_first : bool
        Whether the primary keys are there before the rows, or made after them.
    """
    tables = [table for table in contract() if (folder / f"{table.name}.csv").exists()]
    with psycopg.connect(dsn, autocommit=True) as connection:
        _create(connection, tables)
        if is_keyed_first:
            _add_keys(connection, tables)
        with connection.transaction():
            for table in tables:
                _copy(connection, table, folder / f"{table.name}.csv")
            if not is_keyed_first:
                _add_keys(connection, tables)
        connection.execute("drop schema peer cascade")


def _create(connection: psycopg.Connection, tables: Iterable[Table]) -> None:
    connection.execute("set client_min_messages = warning")
    connection.execute("drop schema if exists peer cascade; create schema peer")
    for table in tables:
        columns = ", ".join(f"{quoted(c.name)} {SQL_TYPES[c.kind]}" for c in table.file_columns)
        connection.execute(f"create table peer.{table.name} ({columns})")


def _add_keys(connection: psycopg.Connection, tables: Iterable[Table]) -> None:
    """Key each table by the contract's key and the version's instant: keys come back corrected."""
    for table in tables:
        key = listed((*table.key, "loaded_at"))
        connection.execute(f"alter table peer.{table.name} add primary key ({key})")


def _copy(connection: psycopg.Connection, table: Table, path: Path) -> None:
    with path.open("rb") as file:
        header = file.readline().decode().strip()
        statement = f"copy peer.{table.name} ({header}) from stdin with (format csv)"
        with connection.cursor().copy(statement) as copy:
            while chunk := file.read(_CHUNK_BYTES):
                copy.write(chunk)
