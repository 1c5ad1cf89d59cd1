"""What a load takes up: a folder, another database, or what was recorded here, opened alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.loading.csv_file import CsvFile
from orchestration.lib.loading.database_tables import (
    DatabaseTable,
    is_dsn,
    open_database,
    shown_name,
)
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.handover import find_files
from orchestration.lib.loading.inbox import INBOX_SOURCE, Inbox, InboxTable, open_inbox
from orchestration.lib.loading.parquet_file import ParquetFile
from orchestration.lib.loading.prescan import check_bytes

SourceTable = CsvFile | ParquetFile | DatabaseTable | InboxTable


@dataclass(frozen=True)
class Source:
    """A hand-over whose tables can be read.

    Attributes
    ----------
    name : str
        As it is recorded: the folder's name, or the database's without its password.
    tables : dict of str to SourceTable
        By table name, in the contract's order.
    """

    name: str
    tables: dict[str, SourceTable]


@contextmanager
def open_source(source: Path | str | Inbox, tables: Sequence[Table]) -> Iterator[Source]:
    """Open a hand-over and read its headers.

    Parameters
    ----------
    source : Path, str or Inbox
        A folder, the DSN of a database, or the warehouse's own inbox.
    tables : sequence of Table
        The contract.

    Raises
    ------
    UserError
        When it cannot be read as the contract's tables.
    """
    if isinstance(source, Inbox):
        yield Source(INBOX_SOURCE, dict(open_inbox(source, tables)))
        return
    if isinstance(source, str) and is_dsn(source):
        with open_database(source, tables) as found:
            yield Source(shown_name(source), dict(found))
        return
    folder, by_name = Path(source), {table.name: table for table in tables}
    paths = find_files(folder, tables)
    files = {name: open_file(path, by_name[name]) for name, path in paths.items()}
    yield Source(folder.name, dict(files))


def read_through(source: Path | str, tables: Sequence[Table]) -> None:
    """Read a hand-over from end to end and keep nothing, to know that it can be read.

    Parameters
    ----------
    source : Path or str
        A folder, or the DSN of a database.
    tables : sequence of Table
        The contract.

    Raises
    ------
    UserError
        When it cannot be read as the contract's tables.
    """
    with open_source(source, tables) as hand_over:
        for file in hand_over.tables.values():
            for _ in file.blocks():
                pass


def open_file(path: Path, table: Table) -> CsvFile | ParquetFile:
    """Open a table's file and read its header.

    Raises
    ------
    UserError
        When it cannot be read as the table.
    """
    try:
        if path.suffix == ".parquet":
            return ParquetFile(path, table)
        check_bytes(path)
        return CsvFile(path, table)
    except PermissionError:
        raise UserError(f"{path.name} may not be read; change its permissions") from None
