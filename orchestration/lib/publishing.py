"""Publishing: dbt merges the candidate set into the permanent tables, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from dagster_dbt import DbtCliResource
from psycopg import sql

from orchestration.lib.clock import RunScope, read_clock
from orchestration.lib.errors import UserError

MACRO = "publish_candidate_set"


@dataclass(frozen=True)
class Publication:
    """What was published."""

    n_tables: int
    n_rows: int


def candidate_schema(folder: str, scope: RunScope) -> str:
    """Schema in which a published folder's candidates are built."""
    return f"{folder}{scope.suffix}" if scope.publishes_nothing else f"{folder}_next"


def has_published(connection: psycopg.Connection) -> bool:
    """Tell whether anything was ever published here."""
    row = connection.execute("select exists (select from run.publications)").fetchone()
    return row is not None and row[0]


def count_rows(
    connection: psycopg.Connection, models: Sequence[Sequence[str]], scope: RunScope
) -> dict[str, int]:
    """Count the rows of each candidate table; models are (folder, name)."""
    counted = {}
    for folder, name in models:
        table = sql.Identifier(candidate_schema(folder, scope), name)
        row = connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()
        counted[f"{folder}.{name}"] = row[0] if row else 0
    return counted


def publish(
    connection: psycopg.Connection,
    dbt: DbtCliResource,
    artifacts: Path,
) -> Publication:
    """Merge the candidate set into the published tables in one transaction.

    Raises
    ------
    UserError
        When a later set has been published since this run began.
    """
    row = connection.execute("select max(as_of) from run.publications").fetchone()
    newest, as_of = (row[0] if row else None), read_clock(connection)
    if newest is not None and newest > as_of:
        raise UserError(
            f"The published figures stand for {newest:%Y-%m-%d %H:%M}, later than this run's "
            f"{as_of:%Y-%m-%d %H:%M}; run again to start from them"
        )
    connection.commit()
    dbt.cli(["run-operation", MACRO], target_path=artifacts).wait()
    row = connection.execute(
        "select counts from run.publications order by publication_id desc limit 1"
    ).fetchone()
    counts = row[0] if row else {}
    return Publication(n_tables=len(counts), n_rows=sum(counts.values()))
