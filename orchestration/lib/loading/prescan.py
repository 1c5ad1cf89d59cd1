"""What makes a CSV file unreadable as a whole, looked for before anything is loaded."""

from __future__ import annotations

import codecs
from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.loading.records import find_records

BLOCK_BYTES = 16 * 2**20


def check_bytes(path: Path) -> None:
    """Refuse a CSV file that cannot be cut into rows of text at all.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    UserError
        At a NUL byte, at bytes that are not UTF-8, or when a quote is never closed.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    n_quotes = line = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            _check_utf8(path.name, decoder, block, line)
            if (at := block.find(b"\0")) >= 0:
                where = line + block.count(b"\n", 0, at) + 1
                raise UserError(f"{path.name}, line {where}: a NUL byte; export the file as text")
            n_quotes += block.count(b'"')
            line += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _not_utf8(path.name, line + 1) from None
    if n_quotes % 2:
        raise UserError(
            f"{path.name}, line {_unclosed_quote(path)}: a quote is opened and never closed;"
            " close it, or double a quote that belongs to the text"
        )


def _check_utf8(name: str, decoder: codecs.IncrementalDecoder, block: bytes, line: int) -> None:
    pending = len(decoder.getstate()[0])
    if not pending and block.isascii():
        return
    try:
        decoder.decode(block)
    except UnicodeDecodeError as error:
        at = max(error.start - pending, 0)
        raise _not_utf8(name, line + block.count(b"\n", 0, at) + 1) from None


def _not_utf8(name: str, line: int) -> UserError:
    return UserError(f"{name}, line {line}: not UTF-8; save the file in that encoding")


def _unclosed_quote(path: Path) -> int:
    """Find the line of the record that has lost its closing quote.

    After the missing quote every later pair reads inside out, so the culprit is the first
    record of several lines whose quotes stand where none may; else the one left open.
    """
    data = path.read_bytes()
    records = find_records(data, None)
    for is_malformed, line, end, start in zip(
        records.is_malformed, records.lines, records.ends, records.starts, strict=True
    ):
        if is_malformed and b"\n" in data[start:end]:
            return int(line) + 1
    return records.n_lines + 1
