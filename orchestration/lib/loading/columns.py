"""One column of a block, whatever the file holds, as a typed column of the contract."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.errors import UserError
from orchestration.lib.loading.declaration import Kind
from orchestration.lib.loading.parsing import (
    ARROW_TYPES,
    INSTANT,
    Parsed,
    mask,
    parse,
    within_calendar,
)

_WHOLE_KINDS: frozenset[Kind] = frozenset({"rating", "integer"})
_LARGEST_WHOLE = 1e15
_TEXTS = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def typed(values: pa.Array, kind: Kind) -> Parsed:
    """Read a column as the contract's type.

    Parameters
    ----------
    values : pyarrow.Array
        Texts, or a column of a Parquet file in its own type.
    kind : Kind
        What the contract says it is.

    Returns
    -------
    Parsed
    """
    if pa.types.is_null(values.type):
        return Parsed(pa.nulls(len(values), ARROW_TYPES[kind]))
    if pa.types.is_string(values.type):
        return parse(_without_blanks(values) if kind in ("text", "prose") else values, kind)
    if kind == "instant" and pa.types.is_timestamp(values.type) and values.type.tz:
        return _from_timestamps(values)
    if kind == "boolean" and pa.types.is_boolean(values.type):
        return Parsed(values)
    if pa.types.is_floating(values.type):
        return _from_floats(pc.cast(values, pa.float64()), kind)
    try:
        return parse(pc.cast(values, pa.string()), kind)
    except pa.ArrowNotImplementedError:
        nothing = pa.nulls(len(values), ARROW_TYPES[kind])
        return Parsed(nothing, mask(pc.is_valid(values)))


def as_texts(values: pa.Array) -> pa.Array:
    """Write a column of any type as texts, for rows that are kept whole."""
    try:
        return pc.cast(values, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        texts = [None if value is None else str(value) for value in values.to_pylist()]
        return pa.array(texts, pa.string())


def check_texts(where: str, values: pa.Array, first: int) -> pa.Array:
    """Return a column with its texts known to be such; other types pass.

    Parameters
    ----------
    where : str
        The column, as a message names it.
    values : pyarrow.Array
        Of any type; bytes without a type of their own are taken for texts.
    first : int
        Number of its first row.

    Raises
    ------
    UserError
        At a text that is not UTF-8, and at a NUL byte.
    """
    if not any(is_text(values.type) for is_text in _TEXTS):
        return values
    try:
        texts = pc.cast(values, pa.string())
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raise UserError(
            f"{where}, from row {first} on: a text that is not UTF-8; write it with that encoding"
        ) from None
    has_nul = pc.match_substring(texts, "\0")
    if pc.any(has_nul).as_py():
        row = first + pc.index(has_nul, True).as_py()
        raise UserError(f"{where}, row {row}: a NUL byte; remove it")
    return texts


def _without_blanks(texts: pa.Array) -> pa.Array:
    """Take a text of nothing but spaces for none at all: it names nobody and says nothing."""
    is_blank = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(texts)), 0)
    if not pc.any(is_blank).as_py():
        return texts
    return pc.if_else(is_blank, pa.scalar(None, pa.string()), texts)


def _from_timestamps(values: pa.Array) -> Parsed:
    if values.type.unit == "ns":
        # Finer than what is kept, and too fine to leave the calendar.
        return Parsed(pc.cast(values, INSTANT, safe=False))
    # In their own unit: the far ends of a coarser one would wrap round into plausible years.
    parsed = within_calendar(Parsed(values))
    return Parsed(pc.cast(parsed.values, INSTANT), parsed.is_invalid)


def _from_floats(values: pa.Array, kind: Kind) -> Parsed:
    # Writers that have no nulls in a column of floats say NaN instead.
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
    if kind == "number":
        finite = pc.is_finite(values)
        kept = pc.if_else(finite, values, pa.scalar(None, pa.float64()))
        return Parsed(kept, mask(pc.invert(finite)))
    if kind in _WHOLE_KINDS or kind == "boolean":
        is_whole = pc.and_(
            pc.equal(pc.floor(values), values), pc.less(pc.abs(values), _LARGEST_WHOLE)
        )
        if pc.all(is_whole).as_py():
            values = pc.cast(values, pa.int64())
    return parse(pc.cast(values, pa.string()), kind)
