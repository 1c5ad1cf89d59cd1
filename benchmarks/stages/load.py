"""A first load, checks included, beside a bare COPY of the same rows.

The peer is what one would write by hand: psycopg streams each CSV file as it is into a committed
table with the contract's typed columns, whose primary key stands already, all in one transaction,
logged. It checks nothing but types and that key, keeps no versions, and stops at the first bad row.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.bare_copy import bare_copy
from benchmarks.measuring import Cost, cost
from benchmarks.platforms import simulate_rows, write_csv
from benchmarks.server import (
    cost_with_server,
    empty_warehouse,
    temporary_folder,
    temporary_server,
)
from benchmarks.stage import Figures, Stage, Tell
from orchestration.lib.loading import load
from orchestration.lib.postgres import EmbeddedPostgres


def load_folder(dsn: str, folder: Path) -> int:
    """Load a folder; return how many rows were accepted."""
    return sum(table.n_accepted for table in load(dsn, folder).tables)


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure loads of about so many rows, from CSV and from Parquet."""
    with temporary_folder() as folder:
        tell(f"simulating about {rows:,} rows")
        n_rows = cost(simulate_rows, rows, folder / "parquet").result
        cost(write_csv, folder / "parquet", folder / "csv")
        with temporary_server(folder) as server:
            return _beside_each_other(server, folder, n_rows, tell)


def _beside_each_other(
    server: EmbeddedPostgres, folder: Path, n_rows: int, tell: Tell
) -> list[Figures]:
    peers = {}
    for name, is_keyed_first in (("COPY, keyed", True), ("COPY, then key", False)):
        tell(f"{name}: {n_rows:,} rows")
        peers[name] = cost_with_server(server, bare_copy, folder / "csv", is_keyed_first)
    lines = []
    for form in ("csv", "parquet"):
        tell(f"loading {n_rows:,} rows from {form}")
        spent = cost_with_server(server, load_folder, folder / form)
        empty_warehouse(server.connection().dsn)
        if spent.result != n_rows:
            raise RuntimeError(f"{spent.result:,} of {n_rows:,} rows were accepted")
        lines += [_line(form, spent, name, peer) for name, peer in peers.items()]
    return lines


def _line(form: str, spent: Cost, peer: str, peer_spent: Cost) -> Figures:
    return Figures(
        f"load {form}",
        f"{spent.result:,} rows",
        spent.seconds,
        spent.cpu_seconds,
        spent.peak_mib,
        peer,
        peer_spent.seconds,
        peer_spent.cpu_seconds,
    )


STAGE = Stage("load", "the loader, checks included, beside bare COPY", 1_000_000, measure)
