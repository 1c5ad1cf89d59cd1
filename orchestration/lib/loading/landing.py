"""Files and foreign tables into landing tables, by Arrow and ADBC, in blocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from orchestration.lib.loading.assess import assess, landing_schema
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.schema import LANDING
from orchestration.lib.loading.source import SourceTable

Progress = Callable[[str], None]
_PROGRESS_SECONDS = 5.0


@dataclass(frozen=True)
class Landed:
    """What came of one file.

    Attributes
    ----------
    file : str
        Its name, without the folder.
    n_read : int
        Rows in it.
    unknown_columns : tuple of str
        Columns that the contract does not know.
    seconds : float
        Time it took.
    """

    file: str
    n_read: int
    unknown_columns: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Gangway:
    """The two connections of a landing: good rows keep theirs busy from a file's start to its end.

    Attributes
    ----------
    good_rows, bad_rows : adbc_driver_postgresql.dbapi.Connection
        To the warehouse.
    """

    good_rows: adbc.Connection
    bad_rows: adbc.Connection


@contextmanager
def gangway(dsn: str) -> Iterator[Gangway]:
    """Open the connections of a landing, and close them at its end."""
    with adbc.connect(dsn) as good_rows, adbc.connect(dsn) as bad_rows:
        yield Gangway(good_rows, bad_rows)


def land(over: Gangway, file: SourceTable, table: Table, progress: Progress) -> Landed:
    """Stream a file into the landing tables of its table, and commit.

    Parameters
    ----------
    over : Gangway
        To the warehouse.
    file : SourceTable
        The file, or another database's table.
    table : Table
        What it holds.
    progress : callable
        Told once in a while how far it is, if it takes long.

    Returns
    -------
    Landed
    """
    started = time.monotonic()
    stream = _Stream(file, table, over.bad_rows, progress)
    reader = pa.RecordBatchReader.from_batches(landing_schema(table), stream.batches())
    try:
        _append(over.good_rows, table.name, reader)
    except Exception as error:
        # What happened while reading comes back through C as a mere text.
        if stream.failure:
            raise stream.failure from error
        raise
    over.good_rows.commit()
    over.bad_rows.commit()
    seconds = time.monotonic() - started
    progress(f"{file.name}: {stream.n_read:,} rows read in {seconds:.1f} s")
    return Landed(file.name, stream.n_read, file.header.unknown, seconds)


class _Stream:
    """Rows on their way from a file to the database; remembers what broke it, and counts."""

    def __init__(
        self,
        file: SourceTable,
        table: Table,
        bad_rows: adbc.Connection,
        progress: Progress,
    ) -> None:
        self.n_read = 0
        self.failure: Exception | None = None
        self._file, self._table = file, table
        self._bad_rows, self._progress = bad_rows, progress

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._assessed()
        except Exception as error:
            self.failure = error
            raise

    def _assessed(self) -> Iterator[pa.RecordBatch]:
        told = time.monotonic()
        for block in self._file.blocks():
            good, rejected = assess(self._table, self._file.header, block)
            self.n_read += block.n_rows
            if rejected.num_rows:
                _append(self._bad_rows, f"{self._table.name}_rejected", rejected)
            if time.monotonic() - told > _PROGRESS_SECONDS:
                told = time.monotonic()
                self._progress(f"{self._file.name}: {self.n_read:,} rows so far")
            yield good


def _append(
    connection: adbc.Connection, table: str, rows: pa.RecordBatch | pa.RecordBatchReader
) -> None:
    with connection.cursor() as cursor:
        cursor.adbc_ingest(table, rows, mode="append", db_schema_name=LANDING)
