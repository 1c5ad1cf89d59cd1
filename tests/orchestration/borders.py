"""What the tests of the three borders share."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from expectations.runner import ExpectationOutcome
from orchestration.lib.postgres import Connection

AS_OF = "2026-01-31 09:00:00+00"


def execute(warehouse: Connection, *statements: str) -> None:
    """Run the statements and commit."""
    with psycopg.connect(warehouse.dsn) as link:
        for statement in statements:
            link.execute(statement)


def set_clock(warehouse: Connection) -> Connection:
    """Create `run.clock` with its one row."""
    execute(
        warehouse,
        "create schema run create table clock (as_of timestamptz)",
        f"insert into run.clock values ('{AS_OF}')",
    )
    return warehouse


def failed_of(outcomes: Iterable[ExpectationOutcome]) -> set[tuple[str, str | None, str]]:
    """Name what failed by table, column and severity."""
    return {(o.table, o.column, o.severity) for o in outcomes if not o.success}
