"""What a border asks of a table, as plain data: no Great Expectations needed to write or read it.

A rule between columns is a derived flag in the suite's query, so that all checks of a table
share one scan instead of sending one query each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "warning", "info"]
Border = Literal["raw", "fitted", "published"]


@dataclass(frozen=True)
class Check:
    """One expectation on one table.

    Attributes
    ----------
    expectation : str
        Great Expectations' own name for it (``expect_column_values_to_be_between``).
    description : str
        What must hold, as a clause: "each weight lies between 0 and 1".
    severity : str
        ``critical`` closes the border, ``warning`` and ``info`` are only shown.
    arguments : Mapping[str, Any]
        What the expectation is given: column, bounds, set.
    """

    expectation: str
    description: str
    severity: Severity = "critical"
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def column(self) -> str | None:
        """The column looked at, several joined by a comma, None for the whole table."""
        columns = self.arguments.get("column_list")
        return ", ".join(columns) if columns else self.arguments.get("column")


@dataclass(frozen=True)
class Suite:
    """All checks of one table, with the query that selects the rows to look at."""

    border: Border
    schema: str
    table: str
    query: str
    checks: tuple[Check, ...]


def literal(text: str) -> str:
    """Quote text for a suite's query, which Great Expectations takes without parameters.

    SQLAlchemy reads ``:name`` as a parameter and doubles percent signs, so these are spelled
    by their code.
    """
    quoted = text.replace("'", "''")
    for sign in ":%":
        quoted = quoted.replace(sign, f"' || chr({ord(sign)}) || '")
    return f"('{quoted}')"


def known_rows(table: str, clock: str) -> str:
    """Write the rows of a raw table in the versions that were known at the clock's instant.

    Parameters
    ----------
    table : str
        Its name in the schema ``raw``.
    clock : str
        The one-row relation that holds ``as_of``.
    """
    as_of = f"(select clock.as_of from {clock} as clock)"
    return (
        f"(select versions.* from raw.{table} as versions where versions.loaded_at <= {as_of}"
        f" and (versions.valid_to is null or versions.valid_to > {as_of}))"
    )


def has_rows(description: str, *, at_least: int = 1, severity: Severity = "critical") -> Check:
    """Expect the table to hold at least so many rows."""
    arguments = {"min_value": at_least}
    return Check("expect_table_row_count_to_be_between", description, severity, arguments)


def not_null(
    column: str, description: str, *, mostly: float = 1.0, severity: Severity = "critical"
) -> Check:
    """Expect at least the share ``mostly`` of the rows to have a value."""
    arguments = {"column": column, "mostly": mostly}
    return Check("expect_column_values_to_not_be_null", description, severity, arguments)


def between(
    column: str,
    low: float | None,
    high: float | None,
    description: str,
    *,
    above: bool = False,
    severity: Severity = "critical",
) -> Check:
    """Expect each value within the bounds; ``above`` leaves the lower bound itself out."""
    arguments = {"column": column, "min_value": low, "max_value": high, "strict_min": above}
    return Check("expect_column_values_to_be_between", description, severity, arguments)


def in_set(
    column: str,
    values: Sequence[Any],
    description: str,
    *,
    mostly: float = 1.0,
    severity: Severity = "critical",
) -> Check:
    """Expect at least the share ``mostly`` of the values to be one of the given ones."""
    arguments = {"column": column, "value_set": list(values), "mostly": mostly}
    return Check("expect_column_values_to_be_in_set", description, severity, arguments)


def holds(
    column: str, description: str, *, mostly: float = 1.0, severity: Severity = "critical"
) -> Check:
    """Expect a derived flag to be true; unknown (null) counts as true."""
    return in_set(column, [True], description, mostly=mostly, severity=severity)


def contains(column: str, values: Sequence[str], description: str) -> Check:
    """Expect each of the given values somewhere in the column."""
    arguments = {"column": column, "value_set": list(values)}
    return Check("expect_column_distinct_values_to_contain_set", description, "critical", arguments)


def unique(columns: Sequence[str], description: str) -> Check:
    """Expect no combination of these columns twice."""
    if len(columns) == 1:
        arguments: dict[str, Any] = {"column": columns[0]}
        return Check("expect_column_values_to_be_unique", description, "critical", arguments)
    arguments = {"column_list": list(columns)}
    return Check("expect_compound_columns_to_be_unique", description, "critical", arguments)


def aggregate_between(
    statistic: Literal["mean", "sum", "min", "max"],
    column: str,
    low: float | None,
    high: float | None,
    description: str,
    *,
    severity: Severity = "critical",
) -> Check:
    """Expect one figure over the whole column within the bounds."""
    arguments = {"column": column, "min_value": low, "max_value": high}
    return Check(f"expect_column_{statistic}_to_be_between", description, severity, arguments)
