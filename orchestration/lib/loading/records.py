"""Where the records of a CSV block begin and end, found on its bytes.

Arrow's own reader merges fields around a stray quote, fails on a short row and forgets the
line of a long one. So records are delimited here first, and Arrow sees only well-formed ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUOTE, COMMA, NEWLINE, RETURN = 34, 44, 10, 13


@dataclass(frozen=True)
class Records:
    """The complete records of a block.

    Attributes
    ----------
    starts, ends : ndarray of int
        Byte offsets; the end is that of the closing newline.
    lines : ndarray of int
        Physical lines between the start of the block and the start of each record.
    is_blank, is_malformed : ndarray of bool
        An empty line is no row; a malformed record is one that must not reach the parser.
    n_lines : int
        Physical lines that the records take.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lines: NDArray[np.int64]
    is_blank: NDArray[np.bool_]
    is_malformed: NDArray[np.bool_]
    n_lines: int

    @property
    def size(self) -> int:
        """Bytes that the records take; what follows is an unfinished one."""
        return int(self.ends[-1]) + 1 if len(self.ends) else 0


def find_records(block: bytes, n_fields: int | None) -> Records:
    """Delimit the complete records of a block that starts at the beginning of one.

    Parameters
    ----------
    block : bytes
        Ends with a newline if it is the file's last.
    n_fields : int or None
        Fields that a record must have; None leaves that unchecked.

    Returns
    -------
    Records
    """
    data = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero((data == QUOTE) | (data == COMMA) | (data == NEWLINE))
    kinds = data[marks]
    is_quote = kinds == QUOTE
    is_outside = np.cumsum(is_quote, dtype=np.int64) % 2 == 0
    is_end = (kinds == NEWLINE) & is_outside
    ends = marks[is_end]
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64)[: len(ends)]
    newlines = np.cumsum(kinds == NEWLINE)[is_end]
    commas = np.cumsum((kinds == COMMA) & is_outside)[is_end]
    length = ends - starts
    is_blank = (length == 0) | ((length == 1) & (data[starts] == RETURN))
    is_malformed = np.zeros(len(ends), bool)
    if n_fields is not None:
        is_malformed = np.diff(commas, prepend=0) + 1 != n_fields
    stray = [_stray_quotes(data, marks[is_quote], is_outside[is_quote])]
    stray.append(_stray_returns(data, block, marks, is_outside))
    hit = np.searchsorted(ends, np.concatenate(stray))
    is_malformed[hit[hit < len(ends)]] = True
    lines = np.concatenate(([0], newlines[:-1])).astype(np.int64)[: len(ends)]
    n_lines = int(newlines[-1]) if len(ends) else 0
    return Records(starts, ends, lines, is_blank, is_malformed & ~is_blank, n_lines)


def _stray_quotes(
    data: NDArray[np.uint8], quotes: NDArray[np.int64], closes: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Find quotes that open in the middle of a field, or close before its end."""
    opening, closing = quotes[~closes], quotes[closes]
    before = data[np.maximum(opening - 1, 0)]
    may_open = (opening == 0) | np.isin(before, (COMMA, NEWLINE, QUOTE))
    after = data[np.minimum(closing + 1, len(data) - 1)]
    may_close = np.isin(after, (COMMA, NEWLINE, RETURN, QUOTE))
    return np.concatenate((opening[~may_open], closing[~may_close]))


def _stray_returns(
    data: NDArray[np.uint8],
    block: bytes,
    marks: NDArray[np.int64],
    is_outside: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Find carriage returns outside quotes that do not belong to a line's end."""
    if b"\r" not in block:
        return np.empty(0, np.int64)
    returns = np.flatnonzero(data[:-1] == RETURN)
    alone = returns[data[returns + 1] != NEWLINE]
    previous = np.searchsorted(marks, alone) - 1
    return alone[(previous < 0) | is_outside[np.maximum(previous, 0)]]
