"""Text to typed columns, whole columns at a time; what does not parse is marked, never dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.loading.declaration import Kind

INSTANT = pa.timestamp("us", "UTC")
ARROW_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "prose": pa.string(),
    "instant": INSTANT,
    "boolean": pa.bool_(),
    "rating": pa.int64(),  # wider than its home, so that 99999 is out of range and not out of type
    "integer": pa.int32(),
    "number": pa.float64(),
}

_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
_OFFSET = r"(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)"
_WITH_OFFSET = f"^{_DATE}[T ]{_TIME}{_OFFSET}$"
_WITHOUT_OFFSET = f"^{_DATE}([T ]{_TIME})?$"
_NO_SUCH_DAY = r"^\d{4}-((0[2469]|11)-31|02-30)"
_LEAP_DAY = r"^\d{4}-02-29"
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$"
_WHOLE = r"^[+-]?\d{1,18}(\.0*)?$"
_TRUE = pa.array(["true", "t", "1"])
_FALSE = pa.array(["false", "f", "0"])
# Bytes; a key longer than some thousand would not even fit into an index.
LONGEST_NAME = 255
_INT32 = (-(2**31), 2**31 - 1)
_FIRST_INSTANT = pa.scalar(datetime(1, 1, 1, tzinfo=UTC), INSTANT)
_LAST_INSTANT = pa.scalar(datetime(9999, 12, 31, tzinfo=UTC), INSTANT)


@dataclass(frozen=True)
class Parsed:
    """A typed column, null where the text was empty or did not parse.

    Attributes
    ----------
    values : pyarrow.Array
        Of the contract's type.
    is_invalid : pyarrow.BooleanArray or None
        Where a value is not of its type; None means nowhere.
    lacks_offset : pyarrow.BooleanArray or None
        Where an instant has no offset from UTC; None means nowhere.
    """

    values: pa.Array
    is_invalid: pa.Array | None = None
    lacks_offset: pa.Array | None = None


def parse(texts: pa.Array, kind: Kind) -> Parsed:
    """Read a column of texts as a column of the contract.

    Parameters
    ----------
    texts : pyarrow.StringArray
        Null where nothing was given.
    kind : Kind
        What the contract says the values are.

    Returns
    -------
    Parsed
    """
    return _PARSERS[kind](texts)


def mask(condition: pa.Array) -> pa.Array | None:
    """Return a condition with nulls as false, or None where it holds nowhere."""
    condition = pc.fill_null(condition, False)
    return condition if pc.any(condition).as_py() else None


def _kept_where(condition: pa.Array, values: pa.Array) -> pa.Array:
    return pc.if_else(condition, values, pa.scalar(None, values.type))


def _text(texts: pa.Array) -> Parsed:
    is_long = mask(pc.greater(pc.binary_length(texts), LONGEST_NAME))
    if is_long is None:
        return Parsed(texts)
    return Parsed(_kept_where(pc.invert(is_long), texts), is_long)


def _prose(texts: pa.Array) -> Parsed:
    return Parsed(texts)


def _instants(texts: pa.Array) -> Parsed:
    try:
        return within_calendar(Parsed(pc.cast(texts, INSTANT)))
    except pa.ArrowInvalid:
        return within_calendar(_odd_instants(pc.utf8_trim_whitespace(texts)))


def _odd_instants(texts: pa.Array) -> Parsed:
    """Tell apart the instants of a column of which at least one did not parse."""
    texts = pc.replace_substring_regex(texts, r"^(\d{4}-\d\d-\d\d)t", r"\1T")
    texts = pc.replace_substring_regex(texts, r"z$", "Z")
    # Microseconds are what the warehouse keeps; finer digits are cut, not refused.
    texts = pc.replace_substring_regex(texts, r"(\.\d{6})\d+", r"\1")
    is_day = pc.invert(_is_no_day(texts))
    is_instant = pc.and_(pc.match_substring_regex(texts, _WITH_OFFSET), is_day)
    lacks_offset = pc.and_(pc.match_substring_regex(texts, _WITHOUT_OFFSET), is_day)
    return Parsed(
        pc.cast(_kept_where(is_instant, texts), INSTANT),
        mask(pc.invert(pc.or_(is_instant, lacks_offset))),
        mask(lacks_offset),
    )


def within_calendar(parsed: Parsed) -> Parsed:
    """Take out what no calendar here holds: the server refuses it, or no client can read it."""
    instants = parsed.values
    first, last = (pc.cast(end, instants.type) for end in (_FIRST_INSTANT, _LAST_INSTANT))
    is_strange = mask(pc.or_(pc.less(instants, first), pc.greater_equal(instants, last)))
    if is_strange is None:
        return parsed
    return Parsed(
        _kept_where(pc.invert(is_strange), instants),
        either(parsed.is_invalid, is_strange),
        parsed.lacks_offset,
    )


def _is_no_day(texts: pa.Array) -> pa.Array:
    is_leap_day = pc.match_substring_regex(texts, _LEAP_DAY)
    year = pc.cast(_kept_where(is_leap_day, pc.utf8_slice_codeunits(texts, 0, 4)), pa.int32())
    divides = {n: pc.equal(pc.subtract(year, pc.multiply(pc.divide(year, n), n)), 0)
               for n in (4, 100, 400)}  # fmt: skip
    is_leap_year = pc.or_(pc.and_not(divides[4], divides[100]), divides[400])
    no_leap_day = pc.and_(is_leap_day, pc.fill_null(pc.invert(is_leap_year), False))
    return pc.or_(pc.match_substring_regex(texts, _NO_SUCH_DAY), no_leap_day)


def _booleans(texts: pa.Array) -> Parsed:
    words = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    is_true = pc.is_in(words, value_set=_TRUE)
    is_known = pc.or_(is_true, pc.is_in(words, value_set=_FALSE))
    is_invalid = mask(pc.and_(pc.invert(is_known), pc.is_valid(texts)))
    return Parsed(_kept_where(is_known, is_true), is_invalid)


def _whole(texts: pa.Array) -> Parsed:
    try:
        # Two characters cannot be hexadecimal, which Arrow would take for a number.
        if (pc.max(pc.binary_length(texts)).as_py() or 0) <= 2:
            return Parsed(pc.cast(texts, pa.int64()))
    except pa.ArrowInvalid:
        pass
    texts = pc.utf8_trim_whitespace(texts)
    is_whole = pc.match_substring_regex(texts, _WHOLE)
    digits = pc.replace_substring_regex(texts, r"^\+|\.0*$", "")
    return Parsed(pc.cast(_kept_where(is_whole, digits), pa.int64()), mask(pc.invert(is_whole)))


def _integers(texts: pa.Array) -> Parsed:
    parsed = _whole(texts)
    fits = pc.and_(
        pc.greater_equal(parsed.values, _INT32[0]), pc.less_equal(parsed.values, _INT32[1])
    )
    too_large = mask(pc.invert(fits))
    values = pc.cast(_kept_where(fits, parsed.values), pa.int32())
    return Parsed(values, either(parsed.is_invalid, too_large))


def _numbers(texts: pa.Array) -> Parsed:
    texts = pc.utf8_trim_whitespace(texts)
    is_number = pc.match_substring_regex(texts, _NUMBER)
    values = pc.cast(_kept_where(is_number, texts), pa.float64())
    return Parsed(values, mask(pc.invert(is_number)))


def either(first: pa.Array | None, second: pa.Array | None) -> pa.Array | None:
    """Join two masks of which each may be None, meaning nowhere."""
    if first is None or second is None:
        return second if first is None else first
    return pc.or_(first, second)


_PARSERS: dict[Kind, Callable[[pa.Array], Parsed]] = {
    "text": _text,
    "prose": _prose,
    "instant": _instants,
    "boolean": _booleans,
    "rating": _whole,
    "integer": _integers,
    "number": _numbers,
}
