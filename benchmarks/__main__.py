"""What ``make bench`` calls: ``python -m benchmarks [--stage NAME] [--rows N]``."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from benchmarks.stage import Figures, Stage, all_stages
from orchestration.lib.errors import UserError

_HEADERS = ("stage", "size", "ours", "CPU", "peak", "peer", "peer's", "CPU", "speed")
# Where no terminal sets a width: what a log can hold.
_LOG_WIDTH = 120
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def bench(
    stage: Annotated[str, typer.Option(envvar="STAGE", help="One stage; all if left out.")] = "",
    rows: Annotated[str, typer.Option(envvar="ROWS", help="Size, such as 10000000.")] = "",
) -> None:
    """Measure the stages and show them in a table, beside their peers."""
    console = Console()
    if not console.is_terminal:
        console.width = _LOG_WIDTH
    try:
        chosen, n_rows = _chosen(stage), _size(rows)
    except UserError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
    lines: list[Figures] = []
    for each in chosen:
        with console.status(each.name) as status:
            lines += each.measure(
                n_rows or each.default_rows,
                lambda what, name=each.name, status=status: _tell(console, status, name, what),
            )
    console.print(_table(lines))
    for note in dict.fromkeys(line.note for line in lines if line.note):
        console.print(note, markup=False)


def _tell(console: Console, status: Status, name: str, what: str) -> None:
    """Show progress: on the moving line of a terminal, or as a line of its own in a log."""
    if console.is_terminal:
        status.update(f"{name}: {what}")
    else:
        console.print(f"{name}: {what}", markup=False, highlight=False)


def _chosen(name: str) -> Sequence[Stage]:
    stages = all_stages()
    if not name:
        return list(stages.values())
    if name not in stages:
        known = "; ".join(f"{each.name} ({each.description})" for each in stages.values())
        raise UserError(f"no stage is called {name!r}; there are: {known}")
    return [stages[name]]


def _size(rows: str) -> int | None:
    if not rows:
        return None
    digits = rows.replace("_", "").replace(",", "")
    if not digits.isdecimal() or int(digits) == 0:
        raise UserError(f"ROWS={rows} is no number of rows; write it like ROWS=10000000")
    return int(digits)


def _table(lines: Sequence[Figures]) -> Table:
    title = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    table = Table(title=title, title_justify="left")
    for header in _HEADERS:
        table.add_column(header, justify="left" if header in ("stage", "peer") else "right")
    for line in lines:
        table.add_row(
            line.what,
            line.size,
            _shown(line.seconds, "{:.1f} s"),
            _shown(line.cpu_seconds, "{:.1f} s"),
            _shown(line.peak_mib, "{:.0f} MiB"),
            line.peer,
            _shown(line.peer_seconds, "{:.1f} s"),
            _shown(line.peer_cpu_seconds, "{:.1f} s"),
            _shown(line.speed, "{:.2f} x"),
        )
    return table


def _shown(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


if __name__ == "__main__":
    app()
