"""A PostgreSQL to measure on: the embedded one, in a folder that is removed afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.measuring import Cost, cost
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.postgres.liveness import postmaster_pid


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Lend a folder for data and a server; it is gone afterwards, however the stage ends."""
    with tempfile.TemporaryDirectory(prefix="ratings-bench-") as name:
        yield Path(name)


@contextmanager
def temporary_server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """Run a server of its own under a folder."""
    server = EmbeddedPostgres(folder / "home")
    try:
        server.ensure_running()
        yield server
    finally:
        server.stop()


def settle(server: EmbeddedPostgres) -> None:
    """Write out what was changed so far, so that the next measurement does not pay for it."""
    with psycopg.connect(server.superuser().dsn, autocommit=True) as connection:
        connection.execute("checkpoint")


def empty_warehouse(dsn: str) -> None:
    """Drop what the loader made."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set client_min_messages = warning")
        connection.execute("drop schema if exists raw, quarantine, run, landing cascade")


def cost_with_server(
    server: EmbeddedPostgres, work: Callable[..., Any], *arguments: object
) -> Cost:
    """Measure as `cost` does, the processor time of the server's own processes included."""
    settle(server)
    before = _processor_seconds(server)
    spent = cost(work, server.connection().dsn, *arguments)
    return replace(spent, cpu_seconds=spent.cpu_seconds + _processor_seconds(server) - before)


def _processor_seconds(server: EmbeddedPostgres) -> float:
    """Time of the server and of its processes that have ended, as Linux counts it; else zero."""
    try:
        stat = Path(f"/proc/{postmaster_pid(server.data)}/stat").read_text()
    except OSError:
        return 0.0
    # User and system time, its own and of children waited for, are fields 14 to 17.
    ticks = stat.rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
