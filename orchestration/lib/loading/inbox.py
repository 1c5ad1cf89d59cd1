"""What people recorded here, as a hand-over: the rows of schema ``ops`` that raw does not hold yet.

The inbox is only ever appended to, so nothing in it says what was loaded: raw does, by its keys.
A session that a hand-over has excused meanwhile needs no second excuse, and so is passed over too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa

from orchestration.lib.loading.blocks import NO_LINES, NO_TEXTS, Block
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.handover import Header, read_header
from orchestration.lib.loading.parsing import ARROW_TYPES
from orchestration.lib.loading.schema import listed, quoted

INBOX_SCHEMA = "ops"
INBOX_TABLES = ("standing_decisions", "excused_ratings")
# As loads of it are recorded. No folder can have a name with a slash, and be taken for it.
INBOX_SOURCE = "ops/inbox"


@dataclass(frozen=True)
class Inbox:
    """A warehouse's own inbox as a source of rows.

    Attributes
    ----------
    dsn : str
        The warehouse, as its owner.
    """

    dsn: str


class InboxTable:
    """The rows of one inbox table that are to be loaded; few, as people write them one by one.

    Parameters
    ----------
    table : Table
        What they are.
    rows : sequence of tuple
        In the order of the table's columns.
    """

    def __init__(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        self.name = f"{INBOX_SCHEMA}.{table.name}"
        self.header: Header = read_header(self.name, table.names, table)
        self._table, self._rows = table, rows

    def blocks(self) -> Iterator[Block]:
        """Yield the rows as one block; a row's line is its place among those not loaded yet."""
        values = list(zip(*self._rows, strict=True))
        columns = {
            column.name: pa.array(values[place], ARROW_TYPES[column.kind])
            for place, column in enumerate(self._table.columns)
        }
        lines = pa.array(np.arange(1, len(self._rows) + 1))
        yield Block(columns, lines, NO_LINES, NO_TEXTS)


def open_inbox(inbox: Inbox, tables: Sequence[Table]) -> dict[str, InboxTable]:
    """Read what waits in the inbox.

    Parameters
    ----------
    inbox : Inbox
        Of a prepared warehouse.
    tables : sequence of Table
        The contract.

    Returns
    -------
    dict of str to InboxTable
        By table name; tables for which nothing waits are left out.
    """
    found = {}
    # Its own short transaction: raw must be free of readers when its keys are made last.
    with psycopg.connect(inbox.dsn, options="-c timezone=UTC") as connection:
        for table in tables:
            if table.name not in INBOX_TABLES:
                continue
            query = f"select {listed(table.names, 'recorded')} {_not_loaded(table)}"
            rows = connection.execute(f"{query} order by recorded.recorded_at, 1").fetchall()
            if rows:
                found[table.name] = InboxTable(table, rows)
    return found


def count_waiting(connection: psycopg.Connection, tables: Sequence[Table]) -> int:
    """Count the recorded rows that no load has taken up yet.

    Parameters
    ----------
    connection : psycopg.Connection
        The owner's, to a prepared warehouse.
    tables : sequence of Table
        The contract.

    Returns
    -------
    int
    """
    counts = [
        connection.execute(f"select count(*) {_not_loaded(table)}").fetchone()
        for table in tables
        if table.name in INBOX_TABLES
    ]
    return sum(row[0] for row in counts if row)


def _not_loaded(table: Table) -> str:
    same_key = " and ".join(
        f"loaded.{quoted(name)} = recorded.{quoted(name)}" for name in table.key
    )
    return f"""
        from {INBOX_SCHEMA}.{table.name} as recorded
        where not exists (select from raw.{table.name} as loaded where {same_key})
    """
