"""Parquet files, read in blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.errors import UserError
from orchestration.lib.loading.blocks import NO_LINES, NO_TEXTS, Block
from orchestration.lib.loading.columns import check_texts
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.handover import Header, read_header

_BLOCK_ROWS = 2**17


class ParquetFile:
    """One table's Parquet file.

    Parameters
    ----------
    path : Path
        Where it is.
    table : Table
        What it should hold.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self.path, self.name = path, path.name
        try:
            names = pq.read_schema(path).names
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from None
        self.header: Header = read_header(path.name, names, table)

    def blocks(self) -> Iterator[Block]:
        """Read the rows, some 130,000 at a time."""
        first = 1
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(_BLOCK_ROWS):
                    yield self._block(batch, first)
                    first += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from None

    def _block(self, batch: pa.RecordBatch, first: int) -> Block:
        columns = {}
        for name, values in zip(self.header.names, batch.columns, strict=True):
            if pa.types.is_dictionary(values.type):
                values = values.dictionary_decode()
            columns[name] = check_texts(f"{self.name}, column {name}", values, first)
        lines = pa.array(np.arange(first, first + batch.num_rows))
        return Block(columns, lines, NO_LINES, NO_TEXTS)

    def _unreadable(self, error: Exception) -> UserError:
        reason = " ".join(str(error).split())[:120]
        return UserError(f"{self.path.name} cannot be read as Parquet ({reason}); write it again")
