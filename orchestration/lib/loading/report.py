"""What a load says about itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import psycopg

# Rows that are counted, in the order of `TableCounts`.
_ADDED = ("n_read", "n_accepted", "n_unchanged", "n_quarantined", "n_released")


@dataclass(frozen=True)
class TableCounts:
    """How the rows of one table fared; read = accepted + unchanged + quarantined.

    Attributes
    ----------
    table : str
        Name in the contract.
    n_read, n_accepted, n_unchanged, n_quarantined : int
        Rows of the file.
    n_released : int
        Rows of earlier files that had waited in quarantine and were taken up by this load.
    rules : mapping of str to int
        Quarantined rows by the rule that names them.
    unknown_columns : tuple of str
        Columns of the file that the contract does not know; kept aside in ``extra``.
    seconds : float
        Time spent on the table.
    """

    table: str
    n_read: int = 0
    n_accepted: int = 0
    n_unchanged: int = 0
    n_quarantined: int = 0
    n_released: int = 0
    rules: Mapping[str, int] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class LoadReport:
    """One load, after its commit.

    Attributes
    ----------
    load_id, load_seq : int
        The load's name, and its place in the order of all loads.
    known_at : datetime or None
        The load's own instant on the data's clock; None while nothing was ever accepted.
    tables : tuple of TableCounts
        One for each table that had a file or rows released from quarantine.
    n_erased : int
        People erased for the first time.
    rewritten : tuple of str
        Stored tables in which an erasure rewrote rows.
    """

    load_id: int
    load_seq: int
    known_at: datetime | None
    tables: tuple[TableCounts, ...]
    n_erased: int = 0
    rewritten: tuple[str, ...] = ()


def together(first: LoadReport, then: LoadReport) -> LoadReport:
    """Add up two loads of one run, as the later one left the warehouse.

    Parameters
    ----------
    first, then : LoadReport
        In the order in which they were committed.

    Returns
    -------
    LoadReport
    """
    names = dict.fromkeys(counts.table for report in (first, then) for counts in report.tables)
    tables = []
    for name in names:
        found = [c for report in (first, then) for c in report.tables if c.table == name]
        rules: Counter[str] = Counter()
        for counts in found:
            rules.update(counts.rules)
        tables.append(
            TableCounts(
                name,
                *(sum(getattr(counts, field) for counts in found) for field in _ADDED),
                rules=dict(rules),
                unknown_columns=tuple(dict.fromkeys(n for c in found for n in c.unknown_columns)),
                seconds=sum(counts.seconds for counts in found),
            )
        )
    return replace(
        then,
        tables=tuple(tables),
        n_erased=first.n_erased + then.n_erased,
        rewritten=tuple(sorted({*first.rewritten, *then.rewritten})),
    )


def record(conn: psycopg.Connection, report: LoadReport, source: str, started_at: float) -> None:
    """Write a load and its counts into the record of loads."""
    conn.execute(
        "insert into run.loads values (%s, %s, %s, to_timestamp(%s), clock_timestamp(), %s)",
        [report.load_id, report.load_seq, source, started_at, report.known_at],
    )
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into run.load_counts values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (report.load_id, counts.table, counts.n_read, counts.n_accepted,
                 counts.n_unchanged, counts.n_quarantined, counts.n_released,
                 list(counts.unknown_columns))
                for counts in report.tables
            ],
        )  # fmt: skip
        cursor.executemany(
            "insert into run.load_rule_counts values (%s, %s, %s, %s)",
            [
                (report.load_id, counts.table, rule, n)
                for counts in report.tables
                for rule, n in counts.rules.items()
            ],
        )
