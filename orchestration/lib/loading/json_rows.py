"""Rows as JSON objects, built a column at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

# In this order: the backslash first, or it would escape the escapes.
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def json_objects(columns: Mapping[str, pa.Array]) -> pa.Array:
    """Write each row as one JSON object of column name to text, nulls left out.

    Parameters
    ----------
    columns : mapping of str to pyarrow.StringArray
        All of one length.

    Returns
    -------
    pyarrow.StringArray
        Null for rows in which every column is null.
    """
    members = [_members(name, values) for name, values in columns.items()]
    # The empty first member is there because Arrow drops a row in which it skips everything.
    first = pa.array([""] * len(members[0]), pa.string())
    joined = pc.binary_join_element_wise(first, *members, ", ", null_handling="skip")
    objects = pc.binary_join_element_wise("{", pc.binary_replace_slice(joined, 0, 2, ""), "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), objects)


def _members(name: str, values: pa.Array) -> pa.Array:
    for raw, escaped in _ESCAPES:
        values = pc.replace_substring(values, raw, escaped)
    if pc.any(pc.match_substring_regex(values, r"[\x01-\x1f]")).as_py():
        for code in range(0x01, 0x20):
            values = pc.replace_substring(values, chr(code), f"\\u{code:04x}")
    return pc.binary_join_element_wise(f"{json.dumps(name)}: " + '"', values, '"', "")
