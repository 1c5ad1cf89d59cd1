"""Runs suites inside the database with Great Expectations and returns plain outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.checks import Check, Severity, Suite
from expectations.database import (
    connect_args_of,
    first_line,
    open_datasource,
    quiet,
    resolved,
    spare_rows,
)

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent import PostgresDatasource

# Counts only: the offending rows themselves are never fetched.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
OBSERVED_KEYS = (
    "observed_value",
    "element_count",
    "missing_count",
    "unexpected_count",
    "unexpected_percent",
)
AGGREGATES = ("mean", "sum", "min", "max")


@dataclass(frozen=True)
class ExpectationOutcome:
    """What became of one check; ``observed`` holds nothing that JSON cannot."""

    border: str
    schema: str
    table: str
    expectation: str
    column: str | None
    severity: Severity
    success: bool
    observed: dict[str, Any]
    description: str


def run_suites(dsn: str, suites: Iterable[Suite]) -> list[ExpectationOutcome]:
    """Run the suites in the database, one validation per table, in the order given.

    A check that could not be evaluated (no such table, no such column) is a failed critical
    outcome, whatever its severity: what cannot be looked at has not passed.

    Parameters
    ----------
    dsn : str
        Where the warehouse is, as a URL or as libpq's key=value words.
    suites : iterable of Suite
        From ``expectations.raw``, ``expectations.fitted`` or ``expectations.published``.

    Raises
    ------
    UserError
        When the warehouse does not answer.
    """
    with quiet(), open_datasource(resolved(connect_args_of(dsn))) as datasource:
        return [outcome for suite in suites for outcome in _run_suite(datasource, suite)]


def reason_to_refuse(outcomes: Sequence[ExpectationOutcome]) -> str | None:
    """Say in one line which critical expectations failed; None when the border is open."""
    failed = [o for o in outcomes if o.severity == "critical" and not o.success]
    return "; ".join(f"{o.table}: {describe(o)}" for o in failed) or None


def describe(outcome: ExpectationOutcome) -> str:
    """Put what was expected and what was seen instead into one clause."""
    observed = outcome.observed
    if "error" in observed:
        seen = f"this could not be checked ({observed['error']})"
    elif observed.get("unexpected_count"):
        seen = f"{observed['unexpected_count']} of {observed['element_count']} rows differ"
    else:
        seen = f"it is {observed.get('observed_value')}"
    expected = f"expected that {outcome.description}"
    return expected if outcome.success else f"{expected}, but {seen}"


def _run_suite(datasource: PostgresDatasource, suite: Suite) -> list[ExpectationOutcome]:
    import great_expectations as gx

    name = f"{suite.schema}.{suite.table} {len(datasource.assets)}"
    asset = datasource.add_query_asset(name, suite.query)
    spare_rows(datasource, suite.query)
    batch = asset.add_batch_definition_whole_table("whole").get_batch()
    expectations = [_expectation(check, at) for at, check in enumerate(suite.checks)]
    report = batch.validate(
        gx.ExpectationSuite(name, expectations=expectations), result_format=RESULT_FORMAT
    )
    # The library answers in its own order.
    by_position = {result.expectation_config.meta["position"]: result for result in report.results}
    return [
        _outcome(suite, check, by_position[position]) for position, check in enumerate(suite.checks)
    ]


def _expectation(check: Check, position: int) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    return ExpectationConfiguration(
        type=check.expectation,
        kwargs=dict(check.arguments),
        severity=check.severity,
        description=check.description,
        meta={"position": position},
    ).to_domain_obj()


def _outcome(suite: Suite, check: Check, result: ExpectationValidationResult) -> ExpectationOutcome:
    error = _error(result.exception_info)
    found = {key: _plain(result.result[key]) for key in OBSERVED_KEYS if key in result.result}
    return ExpectationOutcome(
        border=suite.border,
        schema=suite.schema,
        table=suite.table,
        expectation=check.expectation,
        column=check.column,
        severity="critical" if error else check.severity,
        success=not error and (bool(result.success) or _is_without_values(check, found)),
        observed={"error": error} if error else found,
        description=check.description,
    )


def _is_without_values(check: Check, found: Mapping[str, Any]) -> bool:
    """Tell a figure over no values at all, on which the volume check has spoken already."""
    is_aggregate = check.expectation.removeprefix("expect_column_").split("_")[0] in AGGREGATES
    return is_aggregate and found.get("observed_value") is None


def _error(exception_info: Mapping[str, Any] | None) -> str | None:
    """Pick the message out of the library's two forms: one exception, or one per metric."""
    info = exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return first_line(entry.get("exception_message") or "no message")
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
