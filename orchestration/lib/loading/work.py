"""What the set-based steps of a load share: a connection, and how tables find each other's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from orchestration.lib.loading.declaration import Reference, Table
from orchestration.lib.loading.schema import LANDING, listed, quoted

# Below this share of the stored rows, one index look-up for each new row beats reading them all.
_LOOKUP_SHARE = 0.1

RESOLVED = ("unchanged", "superseded")


@dataclass
class Work:
    """The state of one load's transaction.

    Rows of a table's landing table are known by ``row_id``: the line of the file, or minus the
    ``quarantine_id`` of a row that waited. Those that will not enter raw are listed with the
    reason in ``aside_<table>``: a rule, 'unchanged', or 'superseded' (a waiting row overtaken).

    Attributes
    ----------
    conn : psycopg.Connection
        In the load's transaction.
    load_id, load_seq : int
        The load's.
    floor : datetime or None
        What was known until here may not change; None on the first load.
    files : mapping of str to str
        File name by table.
    n_open : dict of str to int
        Rows by table that are not set aside.
    n_landed, n_raw : dict of str to int
        Rows by table, in landing and (roughly) in raw.
    """

    conn: psycopg.Connection
    load_id: int
    load_seq: int
    floor: datetime | None
    files: Mapping[str, str]
    n_open: dict[str, int] = field(default_factory=dict)
    n_landed: dict[str, int] = field(default_factory=dict)
    n_raw: dict[str, int] = field(default_factory=dict)

    def run(self, query: str, parameters: Mapping[str, object] | None = None) -> int:
        """Execute a statement and return the number of rows it touched."""
        return self.conn.execute(query, parameters).rowcount  # type: ignore[call-overload]

    def prefers_lookup(self, table: str, n_rows: int) -> bool:
        """Whether so few rows should be sought in raw by its index, one by one."""
        return n_rows < _LOOKUP_SHARE * self.n_raw[table]

    def set_aside(self, table: Table, query: str) -> int:
        """List the rows (``row_id``, ``rule``) that a query names, first reason first."""
        n_rows = self.run(f"insert into aside_{table.name} {query} on conflict do nothing")
        self.n_open[table.name] -= n_rows
        return n_rows

    def is_kept(self, table: Table, alias: str) -> str:
        """Write the condition that a landed row is not set aside."""
        if self.n_open[table.name] == self.n_landed[table.name]:
            # Said plainly, or the planner may hash all that landed and lose its order, which is
            # mostly that of the keys: the indexes of raw then fill at random.
            return "true"
        aside = f"select from aside_{table.name} as aside where aside.row_id = {alias}.row_id"
        return f"not exists ({aside})"

    def lacks_parent(self, reference: Reference, child: str, n_rows: int) -> str:
        """Write the condition that a row's reference names no row, stored or of this load."""
        column, key = f"{child}.{quoted(reference.column)}", quoted(reference.key)
        stored = f"from raw.{reference.table} as stored where stored.{key} = {column}"
        if self.prefers_lookup(reference.table, n_rows):
            # A scalar subquery is never turned into a join, so it stays an index look-up.
            unknown = f"(select true {stored} limit 1) is null"
        else:
            unknown = f"not exists (select {stored})"
        if self.n_open.get(reference.table):
            unknown += f"""
                and not exists (
                    select from {LANDING}.{reference.table} as parent
                    where parent.{key} = {column} and not exists (
                        select from aside_{reference.table} as aside
                        where aside.row_id = parent.row_id
                    )
                )"""
        return f"({column} is not null and {unknown})"


def content(table: Table, alias: str) -> str:
    """Write the digest of a row's content: the contract's columns, whatever else is beside."""
    return f"md5(row({listed(table.names, alias)})::text)"
