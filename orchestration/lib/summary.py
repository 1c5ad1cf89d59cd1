"""The end of a run, as people read it: what came in, what came out, where to look next."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from orchestration.lib import summary_data as data
from orchestration.lib.clock import RunScope
from orchestration.lib.screen import heading, table_of
from orchestration.lib.summary_data import Row, SummaryReader

HISTOGRAM_WIDTH = 40
WARNINGS_SHOWN = 8


def print_summary(dsn: str, console: Console, scope: RunScope) -> None:
    """Print what a run did, from the tables it left behind.

    Parameters
    ----------
    dsn : str
        The warehouse.
    console : Console
        Where to print; colours only where it is a terminal.
    scope : RunScope
        Which schemas the run filled.
    """
    with psycopg.connect(dsn, application_name="ratings summary") as connection:
        connection.execute("set timezone = 'UTC'")
        reader = SummaryReader(connection, scope)
        print_rows_in(console, reader)
        _weights(console, reader)
        _experience(console, reader)
        _accuracy(console, reader)
        _policy(console, reader)
        _health(console, reader)
        _warnings(console, reader)
    _where_next(console, scope)


def print_rows_in(console: Console, reader: SummaryReader) -> None:
    """Print how the rows of the newest load fared, and what the contract does not know of it.

    Parameters
    ----------
    console : Console
        Where to print.
    reader : SummaryReader
        Of the run's schemas.
    """
    source, clock = reader.row(data.SOURCE), reader.row(data.CLOCK)
    heading(console, f"As of {clock['as_of']:%Y-%m-%d %H:%M:%S} UTC")
    console.print(f"Rows in, from {source.get('source', 'nowhere')}", markup=False)
    known_at = source.get("known_at")
    if known_at and clock["as_of"] < known_at:
        console.print(
            f"Its rows became known by {known_at:%Y-%m-%d %H:%M:%S} UTC (their loaded_at):"
            " what was not known as of the earlier instant is left out."
        )
    table = table_of("table", "read", "accepted", "unchanged", "quarantined", "taken up")
    counts = ("n_read", "n_accepted", "n_unchanged", "n_quarantined", "n_released")
    for row in reader.rows(data.LOADED):
        table.add_row(row["table_name"], *(f"{row[count]:,}" for count in counts))
    console.print(table)
    rules = reader.rows(data.RULES)
    if rules:
        console.print("In quarantine, by rule:")
        shown = table_of("table", "rule", "rows", right_from=2)
        for row in rules:
            shown.add_row(row["table_name"], row["rule"], f"{row['n']:,}")
        console.print(shown)
    for row in reader.rows(data.UNKNOWN):
        names = " ".join(row["names"].split())
        told = f"Not in the contract, kept in raw.{row['table_name']}.extra"
        console.print(f"{told} ({row['n_names']:,}): {names}", markup=False)


def _weights(console: Console, reader: SummaryReader) -> None:
    rows = reader.rows(data.WEIGHTS)
    if not rows:
        return
    is_default = rows[0]["fit_id"] == "default"
    note = "equal, because no fit was accepted yet" if is_default else rows[0]["fit_id"]
    heading(console, f"Weights in force ({note})")
    table = table_of("factor", "weight", "90 % range")
    for row in rows:
        interval = "" if is_default else f"{row['weight_low']:.2f} to {row['weight_high']:.2f}"
        table.add_row(row["factor"], f"{row['weight']:.2f}", interval)
    console.print(table)


def _experience(console: Console, reader: SummaryReader) -> None:
    counts = reader.row(data.COUNTS)
    heading(
        console,
        f"Experience score: published for {counts['n_experience']:,} "
        f"of {counts['n_interviewers']:,} interviewers",
    )
    for row in reader.rows(data.HISTOGRAM):
        bar = "█" * round(HISTOGRAM_WIDTH * (row["share_of_highest"] or 0))
        console.print(f"  {row['low']:.1f}  {bar} {row['n']:,}", markup=False)
    extremes = reader.rows(data.EXTREMES)
    if not extremes:
        return
    table = table_of("", "interviewer", "rated", "score", "90 % interval", "quality", right_from=2)
    for row in extremes:
        place = "best" if row["place_from_top"] <= row["place_from_bottom"] else "worst"
        table.add_row(place, *_standing(row))
    console.print(
        "\nThe five best and the five worst, by quality: the score, drawn towards the platform's"
        " mean where few sessions speak for it."
    )
    console.print(table)


def _standing(row: Row) -> tuple[str, ...]:
    return (
        escape(row["handle"] or row["interviewer_id"]),
        str(row["n_rated_window"]),
        f"{row['experience_score']:.3f}",
        f"{row['experience_low']:.2f} to {row['experience_high']:.2f}",
        f"{row['quality_estimate']:.3f}",
    )


def _accuracy(console: Console, reader: SummaryReader) -> None:
    counts = reader.row(data.COUNTS)
    heading(
        console,
        f"Accuracy score: published for {counts['n_accuracy']:,} "
        f"of {counts['n_interviewers']:,} interviewers",
    )
    buckets = (
        f"{row['accuracy_bucket'].replace('_', ' ')} {row['n']:,}"
        for row in reader.rows(data.BUCKETS)
    )
    console.print("  " + ", ".join(buckets), markup=False)


def _policy(console: Console, reader: SummaryReader) -> None:
    rows = reader.rows(data.STANDINGS)
    told = {
        kind: ", ".join(f"{row['name']} {row['n']:,}" for row in rows if row["kind"] == kind)
        for kind in ("standing", "recommended")
    }
    heading(console, "Standing of the interviewers who are there")
    console.print("  " + (told["standing"] or "nobody is there"), markup=False)
    waiting = told["recommended"] or "nothing"
    console.print(f"  for a person to decide: {waiting}", markup=False)


def _health(console: Console, reader: SummaryReader) -> None:
    heading(console, "Platform health")
    table = table_of("metric", "now", "90 % interval", "before", "target", "status")
    for row in reader.rows(data.HEALTH):
        interval = (
            f"{row['value_low']:.3f} to {row['value_high']:.3f}"
            if row["value_low"] is not None and row["value_high"] is not None
            else ""
        )
        values = (row["value_now"], row["value_last"], row["target"])
        now, before, target = ("" if value is None else f"{value:.3f}" for value in values)
        status = row["status"].replace("_", " ")
        table.add_row(row["metric"], now, interval, before, target, status)
    console.print(table)


def _warnings(console: Console, reader: SummaryReader) -> None:
    notes = (row["note"] for row in reader.rows(data.NOTES))
    found = [*notes, *seen_in_hindsight(reader), *_fit_warnings(reader), *_failed_checks(reader)]
    if not found:
        return
    heading(console, f"Warnings ({len(found)})")
    for warning in found[:WARNINGS_SHOWN]:
        console.print(Padding(f"- {escape(warning)}", (0, 0, 0, 2), expand=False), style="yellow")
    if len(found) > WARNINGS_SHOWN:
        rest = len(found) - WARNINGS_SHOWN
        console.print(f"  and {rest} more, in reports.rpt_data_quality and fitted.fit_registry")


def seen_in_hindsight(reader: SummaryReader) -> Iterator[str]:
    """Warn of recommendations on a score that nobody may have seen: a first run tells a year."""
    for row in reader.rows(data.SEEN_IN_HINDSIGHT):
        yield (
            f"{row['n']:,} recommendations to warn or pause count the score as visible since "
            f"{row['visible_since']}: if interviewers' pages opened later, set policy_start in "
            "seeds/policy_thresholds.csv to that day and run into an empty warehouse, before "
            "anybody is warned"
        )


def _fit_warnings(reader: SummaryReader) -> Iterator[str]:
    for row in reader.rows(data.FITS):
        if not row["is_accepted"]:
            yield f"fit {row['model']} was refused ({row['reason']}); the one before it serves"
        for warning in row["warnings"] or ():
            yield f"fit {row['model']}: {warning}"


def _failed_checks(reader: SummaryReader) -> Iterator[str]:
    for row in reader.rows(data.FAILED):
        yield f"{row['border']} gate, {row['table_name']}: it should hold that {row['description']}"


def _where_next(console: Console, scope: RunScope) -> None:
    heading(console, "Where to look next")
    if scope.looks_back:
        console.print(
            "  This run stands before the published figures, so it published nothing: "
            f"its tables are in the schemas that end in {scope.suffix}."
        )
    schemas = ", ".join(f"{name}{scope.suffix}" for name in ("scores", "policy", "reports"))
    console.print(f'  psql "$(make -s dsn)"    schemas {schemas}, quarantine')
    if not scope.looks_back:
        console.print(
            "  make decide              on whom reports.rpt_ops_review_queue shows, and why"
        )
    console.print("  make dev                 Dagster: every table, its lineage and its checks")
    console.print("  README.md                what each published table says")
