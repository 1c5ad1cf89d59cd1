"""What a preview tells people: on the terminal in short, and in a table beside it in full."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import psycopg
from rich.console import Console
from rich.markup import escape

from orchestration.lib.preview import figures
from orchestration.lib.preview.figures import Row
from orchestration.lib.preview.policy_file import PreviewPolicy
from orchestration.lib.screen import heading, table_of

FLIPS_SHOWN = 20
SAID = {
    "pause": "pauses recommended",
    "warning": "warnings recommended",
    "paused_if_followed": "pauses, if all is followed,",
}


def print_report(console: Console, connection: psycopg.Connection, policy: PreviewPolicy) -> None:
    """Print what would be other than it is.

    Parameters
    ----------
    console : Console
        Where to print.
    connection : Connection
        A warehouse whose schema ``preview`` holds both policies.
    policy : PreviewPolicy
        What was tried.
    """
    weeks = figures.one(connection, figures.WEEKS)
    heading(
        console,
        f"Preview of {policy.name}: {_described(policy)}",
    )
    console.print(
        f"{weeks['n_evaluations']:,} evaluations of {weeks['n_interviewers']:,} interviewers,"
        f" those who have left included, Mondays {weeks['first_week']} to {weeks['last_week']}."
        " Nothing published is touched.",
        markup=False,
    )
    heading(console, "With decisions as people made them")
    _counts(console, connection, is_followed=False)
    heading(console, "If each recommended warning and pause were followed in the week after")
    _counts(console, connection, is_followed=True)
    _cover(console, connection)
    _flips(console, figures.rows(connection, figures.FLIPS))


def write_table(connection: psycopg.Connection, path: Path) -> int:
    """Write one row per interviewer for whom something differs, as CSV; return how many."""
    found = figures.rows(connection, figures.FLIPS)
    columns = connection.execute(f"select * from ({figures.FLIPS}) as flips limit 0").description
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.name for column in columns or ()])
        writer.writeheader()
        writer.writerows(found)
    return len(found)


def _described(policy: PreviewPolicy) -> str:
    parts = [f"{name} {value:g}" for name, value in policy.thresholds.items()]
    parts += [f"weight of {factor} {weight:g}" for factor, weight in policy.weights.items()]
    if policy.lookback_sessions is not None:
        parts.append(f"window of {policy.lookback_sessions} sessions")
    return ", ".join(parts) or "nothing other than today"


def _counts(console: Console, connection: psycopg.Connection, *, is_followed: bool) -> None:
    table = table_of("", "now", "previewed")
    for row in figures.rows(connection, figures.STANDINGS, is_followed=is_followed):
        table.add_row(f"{row['standing']} at the end", *_pair(row))
    for row in figures.rows(connection, figures.RECOMMENDED, is_followed=is_followed):
        reason = f", {row['recommended_for']}" if row["recommended_for"] else ""
        what = f"{row['recommended']} recommended{reason.replace('_', ' ')}"
        table.add_row(what, *_pair(row))
    console.print(table)


def _pair(row: Row) -> tuple[str, str]:
    return f"{row['now']:,}", f"{row['previewed']:,}"


def _cover(console: Console, connection: psycopg.Connection) -> None:
    found = figures.rows(connection, figures.COVER)
    console.print("Mocks that paused people held all the same, and who had time for them:")
    if not found:
        console.print("  none: nobody would have been paused while holding sessions")
        return
    table = table_of("type", "", "now", "previewed", right_from=2)
    for row in found:
        table.add_row(escape(row["interview_type"]), row["cover"], *_pair(row))
    console.print(table)
    if any(row["cover"] == "not known" for row in found):
        console.print(
            "  not known: for that type and week nobody's availability has been handed over."
        )


def _flips(console: Console, found: Sequence[Row]) -> None:
    heading(console, f"Who flips: {len(found):,} interviewers")
    for name, says in SAID.items():
        for is_gained, what in (
            (True, "that would not have been"),
            (False, "that would be no more"),
        ):
            n = sum(
                (row[f"{name}_now"] is None, row[f"{name}_previewed"] is None)
                == (is_gained, not is_gained)
                for row in found
            )
            if n:
                console.print(f"  {says} {what}: {n:,}", markup=False)
    if not found:
        return
    table = table_of("interviewer", "from", "now", "previewed", "paused if followed", right_from=9)
    for row in found[:FLIPS_SHOWN]:
        table.add_row(
            escape(row["interviewer_id"]),
            str(row["first_week_different"] or ""),
            _state(row["standing_now"], row["recommended_now"], row["recommended_for_now"]),
            _state(
                row["standing_previewed"],
                row["recommended_previewed"],
                row["recommended_for_previewed"],
            ),
            _paused(row),
        )
    console.print(table)
    if len(found) > FLIPS_SHOWN:
        console.print(f"  and {len(found) - FLIPS_SHOWN:,} more, in the table")


def _state(standing: str | None, recommended: str | None, reason: str | None) -> str:
    if standing is None:
        return "as now"
    for_what = f" ({reason.replace('_', ' ')})" if reason else ""
    return f"{standing}, {recommended}{for_what}" if recommended else standing


def _paused(row: Row) -> str:
    now, previewed = row["paused_if_followed_now"], row["paused_if_followed_previewed"]
    if now == previewed:
        return "" if now is None else f"{now}"
    return f"{now or 'never'} → {previewed or 'never'}"
