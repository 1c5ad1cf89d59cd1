"""CSV files, read in blocks: bytes to records here, records to columns by Arrow."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from orchestration.lib.errors import UserError
from orchestration.lib.loading.blocks import NO_LINES, NO_TEXTS, Block
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.handover import Header, read_header
from orchestration.lib.loading.prescan import BLOCK_BYTES
from orchestration.lib.loading.records import Records, find_records

_BOM = b"\xef\xbb\xbf"


class CsvFile:
    """One table's CSV file.

    Parameters
    ----------
    path : Path
        Its bytes must have passed the pre-scan.
    table : Table
        What it should hold.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self.path, self.name = path, path.name
        with path.open("rb") as file:
            start = file.read(BLOCK_BYTES)
        skipped = len(_BOM) if start.startswith(_BOM) else 0
        head = start[skipped:]
        records = find_records(head if head.endswith(b"\n") else head + b"\n", None)
        rows = np.flatnonzero(~records.is_blank)
        if not len(rows):
            raise UserError(f"{path.name} is empty; its first line must name the columns")
        first = rows[0]
        text = head[records.starts[first] : records.ends[first]].decode().rstrip("\r")
        try:
            fields = next(csv.reader([text], skipinitialspace=True))
        except csv.Error:
            raise UserError(
                f"{path.name}, line 1: the header cannot be read; end each line with LF or CRLF"
            ) from None
        self.header: Header = read_header(f"{path.name}, line 1", fields, table)
        self._offset = skipped + int(records.ends[first]) + 1
        self._first_line = 1 + head.count(b"\n", 0, int(records.ends[first]) + 1)

    def blocks(self) -> Iterator[Block]:
        """Read the rows after the header, some 16 MB at a time."""
        line, rest = self._first_line, b""
        with self.path.open("rb") as file:
            file.seek(self._offset)
            while True:
                read = file.read(max(BLOCK_BYTES, len(rest)))
                data = rest + read
                if not read and data and not data.endswith(b"\n"):
                    data += b"\n"
                records = find_records(data, len(self.header.names))
                if records.size:
                    yield self._block(data[: records.size], records, line)
                line, rest = line + records.n_lines, data[records.size :]
                if not read:
                    return

    def _block(self, data: bytes, records: Records, first_line: int) -> Block:
        lines = records.lines + first_line
        is_good = ~(records.is_blank | records.is_malformed)
        columns = self._columns(data if is_good.all() else _joined(data, records, is_good))
        kept = lines[is_good]
        if any(len(values) != len(kept) for values in columns.values()):
            raise RuntimeError(f"{self.path.name}: records and rows differ near line {lines[0]}")
        bad = np.flatnonzero(records.is_malformed)
        texts = [data[records.starts[i] : records.ends[i]].decode().removesuffix("\r") for i in bad]
        return Block(
            columns,
            pa.array(kept, pa.int64()),
            pa.array(lines[bad], pa.int64()) if texts else NO_LINES,
            pa.array(texts, pa.string()) if texts else NO_TEXTS,
        )

    def _columns(self, data: bytes) -> dict[str, pa.Array]:
        names = list(self.header.names)
        if not data:
            return dict.fromkeys(names, NO_TEXTS)
        if data.startswith(_BOM):
            # Arrow would take the first value's own U+FEFF for a mark of the encoding.
            data = b"\n" + data
        table = pacsv.read_csv(
            pa.py_buffer(data),
            pacsv.ReadOptions(column_names=names, block_size=len(data) + 1),
            pacsv.ParseOptions(newlines_in_values=b'"' in data),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
        return {name: table[name].combine_chunks() for name in names}


def _joined(data: bytes, records: Records, is_good: np.ndarray) -> bytes:
    """Cut the records that are not good out of a block."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], is_good, [False])).astype(np.int8)))
    spans = zip(edges[::2], edges[1::2], strict=True)
    return b"".join(data[records.starts[a] : records.ends[b - 1] + 1] for a, b in spans)
