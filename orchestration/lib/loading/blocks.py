"""What both file formats are read into: a block of rows, and where they stood in the file."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Block:
    """Some consecutive rows of a file.

    Attributes
    ----------
    columns : dict of str to pyarrow.Array
        By the file's own column names; texts (CSV), or whatever the file holds (Parquet).
    lines : pyarrow.Int64Array
        The line on which each row starts (Parquet: the row's number).
    malformed_lines : pyarrow.Int64Array
        Where something stands that is no record of this file.
    malformed_texts : pyarrow.StringArray
        And what stands there.
    """

    columns: dict[str, pa.Array]
    lines: pa.Array
    malformed_lines: pa.Array
    malformed_texts: pa.Array

    @property
    def n_rows(self) -> int:
        """Rows read, malformed ones included."""
        return len(self.lines) + len(self.malformed_lines)


NO_LINES = pa.array([], pa.int64())
NO_TEXTS = pa.array([], pa.string())
