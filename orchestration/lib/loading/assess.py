"""The rules that a row can be held to by itself, before it reaches the database."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.loading.blocks import Block
from orchestration.lib.loading.columns import as_texts, typed
from orchestration.lib.loading.declaration import Column, Table
from orchestration.lib.loading.handover import Header
from orchestration.lib.loading.json_rows import json_objects
from orchestration.lib.loading.parsing import ARROW_TYPES, either, mask

RULES = (
    "row_malformed",
    "required_missing",
    "type_invalid",
    "offset_missing",
    "value_unknown",
    "rating_out_of_range",
    "in_future",
    "ends_before_start",
    "version_ambiguous",
    "reference_missing",
    "feedback_before_session",
)
_BY_ITSELF = RULES[1:6]

REJECTED = pa.schema([("rule", pa.string()), ("line", pa.int64()), ("row_text", pa.string())])


@dataclass
class _Findings:
    """Which rows break which rule; a rule that is absent is broken by none."""

    masks: dict[str, pa.Array] = field(default_factory=dict)

    def add(self, rule: str, where: pa.Array | None) -> None:
        if (joined := either(self.masks.get(rule), where)) is not None:
            self.masks[rule] = joined

    def first_rule(self, n_rows: int) -> pa.Array | None:
        """Name each row's first broken rule; None when no row breaks any."""
        rules = pa.nulls(n_rows, pa.string())
        for rule in reversed(_BY_ITSELF):
            if rule in self.masks:
                rules = pc.if_else(self.masks[rule], rule, rules)
        return rules if rules.null_count < n_rows else None


def landing_schema(table: Table) -> pa.Schema:
    """Columns in which a table's good rows land."""
    fields = [("row_id", pa.int64())]
    fields += [(column.name, _landed_type(column)) for column in table.file_columns]
    return pa.schema([*fields, ("extra", pa.string())])


def _landed_type(column: Column) -> pa.DataType:
    return pa.int16() if column.kind == "rating" else ARROW_TYPES[column.kind]


def assess(table: Table, header: Header, block: Block) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Sort the rows of a block into those that land typed and those that are rejected.

    Parameters
    ----------
    table : Table
        The contract of the rows.
    header : Header
        Of the file the block was read from.
    block : Block
        The rows.

    Returns
    -------
    good, rejected : pyarrow.RecordBatch
        In the schemas `landing_schema` and `REJECTED`. A rejected row names the first rule it
        breaks, and is kept as one JSON object (or as it stands, if it is no record).
    """
    n_rows = len(block.lines)
    findings = _Findings()
    values = {}
    for column in table.file_columns:
        if column.name in header.known:
            values[column.name] = _checked(column, block.columns[column.name], findings)
        else:
            values[column.name] = pa.nulls(n_rows, ARROW_TYPES[column.kind])
    for condition in table.conditions:
        applies = pc.equal(values[condition.where], condition.equals)
        is_missing = pc.is_null(values[condition.column])
        findings.add("required_missing", mask(pc.and_(applies, is_missing)))
    rules = findings.first_rule(n_rows)
    good = _good_rows(table, values, _extra(header, block, n_rows), block.lines)
    if rules is not None:
        good = good.filter(pc.is_null(rules))
    return good, _rejected_rows(header, block, rules)


def _checked(column: Column, raw: pa.Array, findings: _Findings) -> pa.Array:
    parsed = typed(raw, column.kind)
    values = parsed.values
    findings.add("type_invalid", parsed.is_invalid)
    findings.add("offset_missing", parsed.lacks_offset)
    if column.is_required and values.null_count:
        # Something stood there that did not parse: that is another rule's to say.
        unparsed = either(parsed.is_invalid, parsed.lacks_offset)
        is_missing = pc.is_null(values)
        findings.add(
            "required_missing",
            mask(is_missing if unparsed is None else pc.and_not(is_missing, unparsed)),
        )
    if column.choices:
        is_known = pc.is_in(values, value_set=pa.array([*column.choices, None], pa.string()))
        findings.add("value_unknown", mask(pc.invert(is_known)))
    if column.bounds:
        low, high = column.bounds
        outside = pc.or_(pc.less(values, low), pc.greater(values, high))
        findings.add("rating_out_of_range", mask(outside))
    return values


def _extra(header: Header, block: Block, n_rows: int) -> pa.Array:
    if not header.unknown or not n_rows:
        return pa.nulls(n_rows, pa.string())
    return json_objects({name: as_texts(block.columns[name]) for name in header.unknown})


def _good_rows(
    table: Table, values: dict[str, pa.Array], extra: pa.Array, lines: pa.Array
) -> pa.RecordBatch:
    arrays = [lines]
    for column in table.file_columns:
        # Ratings too large for their home are rejected anyway: their wrapping is never seen.
        arrays.append(pc.cast(values[column.name], _landed_type(column), safe=False))
    return pa.RecordBatch.from_arrays([*arrays, extra], schema=landing_schema(table))


def _rejected_rows(header: Header, block: Block, rules: pa.Array | None) -> pa.RecordBatch:
    malformed = pa.array(["row_malformed"] * len(block.malformed_lines), pa.string())
    parts = [(malformed, block.malformed_lines, block.malformed_texts)]
    if rules is not None:
        is_bad = pc.is_valid(rules)
        columns = {name: as_texts(block.columns[name].filter(is_bad)) for name in header.names}
        rows = pc.fill_null(json_objects(columns), "{}")
        parts.append((rules.filter(is_bad), block.lines.filter(is_bad), rows))
    merged = [pa.concat_arrays(arrays) for arrays in zip(*parts, strict=True)]
    return pa.RecordBatch.from_arrays(merged, schema=REJECTED)
