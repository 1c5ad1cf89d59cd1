"""How a run and a preview lay out what they tell on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def heading(console: Console, text: str) -> None:
    """Print a bold line with an empty one before it."""
    console.print(f"\n[bold]{escape(text)}[/]")


def table_of(*columns: str, right_from: int = 1) -> Table:
    """Return an empty table without lines; columns from `right_from` on are set to the right."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position >= right_from else "left")
    return table
