"""A border's outcomes: kept for the reports, and turned into what Dagster shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
from psycopg.types.json import Jsonb

from orchestration.lib.warehouse import Warehouse

if TYPE_CHECKING:
    from expectations.checks import Suite
    from expectations.runner import ExpectationOutcome


def run_gate(
    warehouse: Warehouse, run_id: str, suites: Iterable[Suite]
) -> list[ExpectationOutcome]:
    """Run a border's suites in the database and keep what they found.

    ``run.expectation_results`` holds the newest look at each table of each border.
    """
    from expectations.runner import run_suites

    suites = tuple(suites)
    outcomes = run_suites(warehouse.dsn, suites)
    table = f"{warehouse.schema('run')}.expectation_results"
    with warehouse.connect() as connection, connection.cursor() as cursor:
        cursor.executemany(
            f"delete from {table} where border = %s and table_name = %s",
            [(suite.border, suite.table) for suite in suites],
        )
        cursor.executemany(
            f"""insert into {table} (run_id, as_of, border, schema_name, table_name, expectation,
                    column_name, severity, success, observed, description)
                values (%s, (select as_of from {warehouse.schema("run")}.clock),
                    %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                (
                    run_id,
                    outcome.border,
                    outcome.schema,
                    outcome.table,
                    outcome.expectation,
                    outcome.column,
                    outcome.severity,
                    outcome.success,
                    Jsonb(outcome.observed),
                    outcome.description,
                )
                for outcome in outcomes
            ],
        )
    return outcomes


def check_result(
    name: str,
    asset: dg.AssetKey,
    outcomes: Sequence[ExpectationOutcome],
    *,
    blocks: bool,
) -> dg.AssetCheckResult:
    """Sum a table's outcomes up as one Dagster check.

    It fails when any expectation does; it is an error, and so stops what follows, only when a
    critical one fails at a border that blocks.
    """
    from expectations.runner import describe, reason_to_refuse

    failed = [outcome for outcome in outcomes if not outcome.success]
    refused = reason_to_refuse(outcomes)
    severity = dg.AssetCheckSeverity.ERROR if blocks and refused else dg.AssetCheckSeverity.WARN
    metadata: dict[str, Any] = {
        "expectations": len(outcomes),
        "failed": len(failed),
        "what failed": dg.MetadataValue.json([describe(outcome) for outcome in failed]),
    }
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not failed,
        severity=severity,
        description=refused or "; ".join(describe(outcome) for outcome in failed) or None,
        metadata=metadata,
    )
