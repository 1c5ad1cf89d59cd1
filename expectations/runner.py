"""Runs suites inside the database with Great Expectations and returns plain outcomes.

The context lives in memory and is thrown away: a context on disk would write the password down,
and Data Docs load their pages from public hosts. Importing Great Expectations costs seconds, so
it happens in the function that needs it.
"""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.extensions import parse_dsn

from expectations.checks import Check, Severity, Suite
from orchestration.lib.errors import UserError

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext
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
    connect_args = _connect_args(dsn)
    _require_answer(connect_args)
    with _quiet(), _datasource(connect_args) as datasource:
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


def _connect_args(dsn: str) -> dict[str, Any]:
    try:
        arguments = parse_dsn(dsn)
    except psycopg2.ProgrammingError:
        # The parser's own message quotes the DSN, password and all.
        raise UserError(
            "The warehouse's DSN cannot be read; write it like postgresql://user@host:5432/database"
        ) from None
    read_only = "-c default_transaction_read_only=on"
    arguments["options"] = f"{arguments.get('options', '')} {read_only}".strip()
    arguments["application_name"] = "ratings expectations"
    arguments.setdefault("connect_timeout", "10")
    return arguments


def _require_answer(connect_args: Mapping[str, Any]) -> None:
    try:
        psycopg2.connect(**connect_args).close()
    except psycopg2.OperationalError as error:
        cause = _first_line(error)
        raise UserError(
            f"The warehouse does not answer ({cause}); start it with `make run`, "
            "or mend RATINGS_DSN"
        ) from None


@contextlib.contextmanager
def _datasource(connect_args: Mapping[str, Any]) -> Iterator[PostgresDatasource]:
    """Open an in-memory context on the database, and close its connections afterwards."""
    context = _in_memory_context()
    # The URL is a stand-in that carries no secret into reprs and messages: libpq's arguments
    # override every part of it, and they also know sockets, service files and SSL.
    datasource = context.data_sources.add_postgres(
        "warehouse",
        connection_string="postgresql+psycopg2://owner@localhost/warehouse",
        kwargs={"connect_args": dict(connect_args)},
    )
    try:
        yield datasource
    finally:
        datasource.get_engine().dispose()
        datasource.get_execution_engine().engine.dispose()


def _in_memory_context() -> EphemeralDataContext:
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
    )
    context = gx.get_context(project_config=config, mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Silence the library's log: it repeats as tracebacks what the outcomes already say."""
    logger = logging.getLogger("great_expectations")
    nowhere, propagated = logging.NullHandler(), logger.propagate
    logger.addHandler(nowhere)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(nowhere)
        logger.propagate = propagated


def _run_suite(datasource: PostgresDatasource, suite: Suite) -> list[ExpectationOutcome]:
    import great_expectations as gx

    name = f"{suite.schema}.{suite.table} {len(datasource.assets)}"
    asset = datasource.add_query_asset(name, suite.query)
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
            return _first_line(entry.get("exception_message") or "no message")
    return None


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
