"""The words in which the raw contract is written: columns, references, conditions, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# A text names something and may be a key, so it is short; prose is what somebody wrote.
Kind = Literal["text", "prose", "instant", "boolean", "rating", "integer", "number"]

EVENTS = frozenset({"ended_at", "submitted_at", "decided_at"})
PLANNED = frozenset({"scheduled_at", "slot_start", "held_at"})

SQL_TYPES: dict[Kind, str] = {
    "text": "text",
    "prose": "text",
    "instant": "timestamptz",
    "boolean": "boolean",
    "rating": "smallint",
    "integer": "integer",
    "number": "double precision",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
        As the contract spells it.
    kind : Kind
        What its values are.
    is_required : bool
        Whether it must be there and never null.
    choices : tuple of str
        The only values it may take; empty means any.
    bounds : tuple of int, optional
        Lowest and highest rating.
    """

    name: str
    kind: Kind = "text"
    is_required: bool = True
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None


@dataclass(frozen=True)
class Reference:
    """A column that must name a row of another table (null names nothing)."""

    column: str
    table: str
    key: str


@dataclass(frozen=True)
class Condition:
    """A column that is required where another one has a given value."""

    column: str
    where: str
    equals: str


@dataclass(frozen=True)
class Table:
    """One table of the contract.

    Attributes
    ----------
    name : str
        Also the stem of its file.
    key : tuple of str
        What identifies a row among the versions of one load.
    columns : tuple of Column
        Without ``loaded_at``, which all tables may carry.
    references : tuple of Reference
        Which other tables its rows need.
    conditions : tuple of Condition
        What is required only for some rows.
    is_required : bool
        Whether a folder without its file is refused.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    conditions: tuple[Condition, ...] = ()
    is_required: bool = False

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns a file may have: those of the table, and ``loaded_at``."""
        return (*self.columns, Column("loaded_at", "instant", is_required=False))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the table's own columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def is_session_form(self) -> bool:
        """Whether its rows are filled in after a session has begun."""
        return self.key == ("session_id",) and "submitted_at" in self.names

    def instants(self, among: frozenset[str] | None = None) -> tuple[str, ...]:
        """Instants that have happened (planned ones left out), or those of `among` alone."""
        names = (c.name for c in self.columns if c.kind == "instant" and c.name not in PLANNED)
        return tuple(name for name in names if among is None or name in among)
