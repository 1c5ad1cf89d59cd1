"""A hand-over: the folder, its files, and the header each of them starts with."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.loading.declaration import Table

FORMATS = (".csv", ".parquet")
# How alike two names are of which one is the other misspelt: a letter or two in a dozen.
_NEARLY = 0.9


@dataclass(frozen=True)
class Header:
    """What a file calls its columns, in its own order.

    Attributes
    ----------
    names : tuple of str
        One unique name for each field.
    known : tuple of str
        Those that the contract knows.
    unknown : tuple of str
        The others: kept aside, and reported.
    """

    names: tuple[str, ...]
    known: tuple[str, ...]
    unknown: tuple[str, ...]


def find_files(folder: Path, tables: Sequence[Table]) -> dict[str, Path]:
    """Find the file of each table.

    Parameters
    ----------
    folder : Path
        The hand-over.
    tables : sequence of Table
        The contract.

    Returns
    -------
    dict of str to Path
        By table name, in the order of `tables`; tables without a file are left out.

    Raises
    ------
    UserError
        When there is no such folder, a required table has no file, a table has two, or a file's
        name is nearly that of a table that has none.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder; RAW must name one with the hand-over's files")
    present = sorted(path.name for path in folder.iterdir() if path.is_file())
    found = {}
    for table in tables:
        names = [table.name + suffix for suffix in FORMATS if table.name + suffix in present]
        if len(names) > 1:
            raise UserError(f"{folder} holds both {' and '.join(names)}; keep the one that counts")
        if names:
            found[table.name] = folder / names[0]
        elif table.is_required:
            wanted = [table.name + suffix for suffix in FORMATS]
            raise UserError(missing_table(f"{folder}", wanted, present))
    files = [name for name in present if Path(name.lower()).suffix in FORMATS]
    refuse_misspelt(f"{folder}", files, [table.name for table in tables if table.name not in found])
    return found


def refuse_misspelt(where: str, present: Sequence[str], absent: Sequence[str]) -> None:
    """Refuse a name that is nearly an absent table's: passed over, its rows would be lost.

    Raises
    ------
    UserError
        When there is one among `present`; `absent` are names of tables.
    """
    for name in present:
        close = difflib.get_close_matches(Path(name.lower()).stem, absent, n=1, cutoff=_NEARLY)
        if close:
            mend = close[0] + Path(name.lower()).suffix
            raise UserError(
                f"{where} holds {name}, which is no table of the contract;"
                f" rename it {mend}, or move it elsewhere"
            )


def missing_table(where: str, wanted: Sequence[str], present: Sequence[str]) -> str:
    """Say that a required table is missing, and what would mend that."""
    by_lower = {name.lower(): name for name in present}
    close = [
        by_lower[match]
        for name in wanted
        for match in difflib.get_close_matches(name, by_lower, n=1, cutoff=0.8)
    ]
    mend = f"rename {close[0]}" if close else "add it (one without rows will do)"
    return f"{where} lacks the required table {' or '.join(wanted)}; {mend}"


def read_header(where: str, fields: Sequence[str], table: Table) -> Header:
    """Match a file's field names with the table's columns.

    Raises
    ------
    UserError
        When a required column is missing, or a column of the contract is named twice.
    """
    fields = [field.strip() for field in fields]
    contract = {column.name: column for column in table.file_columns}
    count = Counter(fields)
    for name in contract:
        if count[name] > 1:
            raise UserError(f"{where}: column {name} is named twice; keep one of them")
    for name, column in contract.items():
        if column.is_required and name not in count:
            raise UserError(_missing_column(where, name, fields))
    names: list[str] = []
    for position, field in enumerate(fields, start=1):
        name = field or f"column_{position}"
        while name in names:
            name = f"{name}_{position}"
        names.append(name)
    known = tuple(name for name in contract if name in count)
    return Header(tuple(names), known, tuple(name for name in names if name not in contract))


def _missing_column(where: str, name: str, fields: Sequence[str]) -> str:
    by_lower = {field.lower(): field for field in fields}
    close = difflib.get_close_matches(name, by_lower, n=1, cutoff=0.8)
    mend = f"rename {by_lower[close[0]]!r}" if close else "add it"
    if len(fields) == 1 and any(mark in fields[0] for mark in ";\t|"):
        mend = "separate the columns by commas"
    return f"{where}: the required column {name} is missing; {mend}"
