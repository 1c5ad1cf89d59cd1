"""A load from end to end: files to landing tables, then one transaction to raw."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from orchestration.lib.loading import acceptance, checks, versions
from orchestration.lib.loading.contract import DEFAULT_QUESTIONS, contract
from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.erasure import erase
from orchestration.lib.loading.inbox import Inbox
from orchestration.lib.loading.landing import Landed, Progress, gangway, land
from orchestration.lib.loading.report import LoadReport, TableCounts, record
from orchestration.lib.loading.schema import (
    LANDING,
    LOAD_LOCK,
    create_landing,
    drop_landing,
    prepare_raw,
)
from orchestration.lib.loading.source import open_source
from orchestration.lib.loading.work import RESOLVED, Work


def load(
    dsn: str,
    source: Path | str | Inbox,
    *,
    progress: Callable[[str], None] | None = None,
    questions: Sequence[str] = DEFAULT_QUESTIONS,
    rating_min: int = 1,
    rating_max: int = 4,
    excuse_reasons: Sequence[str] = (),
) -> LoadReport:
    """Load the raw contract's tables, from a folder or another database, into the warehouse.

    Nothing becomes visible before the one commit at the end, and nothing stays behind if the
    load stops earlier.

    Parameters
    ----------
    dsn : str
        The warehouse, as its owner.
    source : Path, str or Inbox
        A folder with one CSV or Parquet file for each table, the DSN of a database, or what was
        recorded in the warehouse itself.
    progress : callable, optional
        Told in one line what has been done.
    questions : sequence of str
        The candidate form's questions.
    rating_min, rating_max : int
        The rating scale.
    excuse_reasons : sequence of str
        Codes for which a rating may be excused; empty means any.

    Returns
    -------
    LoadReport

    Raises
    ------
    UserError
        When the hand-over or one of its tables cannot be read as the contract's tables.
    """
    tell = progress or (lambda line: None)
    tables = contract(questions, rating_min, rating_max, excuse_reasons)
    by_name = {table.name: table for table in tables}
    started_at = time.time()
    with (
        open_source(source, tables) as hand_over,
        psycopg.connect(dsn, autocommit=True) as conn,
    ):
        _take_lock(conn, tell)
        prepare_raw(conn, questions, rating_min, rating_max)
        create_landing(conn, tables)
        try:
            with gangway(dsn) as over:
                landed = {
                    name: land(over, file, by_name[name], tell)
                    for name, file in hand_over.tables.items()
                }
            with conn.transaction():
                report = _merge(conn, hand_over.name, tables, landed, started_at, tell)
            # What was erased still lies in the pages of its tables, and in their statistics.
            for relation in report.rewritten:
                conn.execute(f"vacuum (analyze) {relation}")
            return report
        finally:
            if not conn.closed:
                drop_landing(conn)


def _take_lock(conn: psycopg.Connection, tell: Progress) -> None:
    """Let one load run at a time; the lock goes with its connection, however that ends."""
    row = conn.execute("select pg_try_advisory_lock(%s)", [LOAD_LOCK]).fetchone()
    if not (row and row[0]):
        tell("another load is under way: waiting for it to end")
        conn.execute("select pg_advisory_lock(%s)", [LOAD_LOCK])


def _merge(
    conn: psycopg.Connection,
    source: str,
    tables: Sequence[Table],
    landed: Mapping[str, Landed],
    started_at: float,
    tell: Progress,
) -> LoadReport:
    # Compiling the plans of a few passes costs more than it saves.
    conn.execute("set local timezone = 'UTC'; set local work_mem = '128MB'; set local jit = off")
    work = _start(conn, landed)
    erased = erase(work, tables)
    if erased.n_people:
        tell(f"{erased.n_people:,} people erased, on their request")
    seconds: Counter[str] = Counter({name: file.seconds for name, file in landed.items()})
    for table in tables:
        begun = time.monotonic()
        _check(work, table)
        seconds[table.name] += time.monotonic() - begun
    filled = [table for table in tables if work.n_open[table.name]]
    instants = [acceptance.newest_instants(work, table) for table in filled]
    known_at = acceptance.known_at(work, [found for found in instants if found])
    counts = []
    for table in tables:
        if not (table.name in landed or work.n_landed[table.name]):
            continue
        begun = time.monotonic()
        fate = _settle(work, table, known_at)
        seconds[table.name] += time.monotonic() - begun
        counts.append(_counted(table.name, fate, landed.get(table.name), seconds[table.name]))
        tell(f"{table.name}: {counts[-1].n_accepted:,} accepted in {counts[-1].seconds:.1f} s")
    report = LoadReport(
        work.load_id, work.load_seq, known_at or _known_before(conn), tuple(counts),
        erased.n_people, tuple(sorted(erased.rewritten)),
    )  # fmt: skip
    record(conn, report, source, started_at)
    return report


def _known_before(conn: psycopg.Connection) -> datetime | None:
    """Return the instant of the load before: one that accepts nothing adds nothing to know."""
    row = conn.execute("select known_at from run.loads order by load_seq desc limit 1").fetchone()
    return row[0] if row else None


def _start(conn: psycopg.Connection, landed: Mapping[str, Landed]) -> Work:
    row = conn.execute(
        """
        select
            nextval('run.load_ids'),
            (select coalesce(max(load_seq), 0) + 1 from run.loads),
            case when exists (select from run.loads where known_at is not null) then
                greatest(
                    (select max(known_at) from run.loads), (select max(as_of) from run.clock)
                )
            end
        """
    ).fetchone()
    if row is None:
        raise RuntimeError("the warehouse gave no number for the load")
    return Work(conn, *row, files={name: file.file for name, file in landed.items()})


def _check(work: Work, table: Table) -> None:
    """Find out which of a table's landed rows stay out of raw; parents come before children."""
    name = table.name
    work.run(
        f"create temporary table aside_{name} (row_id bigint primary key, rule text not null)"
        " on commit drop"
    )
    work.run(f"analyze {LANDING}.{name}")
    rows = work.conn.execute(
        f"""
        select
            (select count(*) from {LANDING}.{name}),
            (select greatest(reltuples, 0)::bigint from pg_class
            where oid = 'raw.{name}'::regclass)
        """
    ).fetchone()
    n_from_file, work.n_raw[name] = rows if rows else (0, 0)
    work.n_landed[name] = n_from_file + checks.take_up_waiting(work, table)
    work.n_open[name] = work.n_landed[name]
    if not work.n_landed[name]:
        return
    checks.check_clocks(work, table)
    versions.set_aside_seen(work, table)
    if not work.n_open[name]:
        return
    versions.find_touched(work, table)
    versions.check_versions(work, table)
    checks.check_references(work, table)
    versions.check_repetitions(work, table)
    versions.chain_versions(work, table)
    checks.check_session_starts(work, table)
    work.run(f"analyze aside_{name}")


def _settle(work: Work, table: Table, known_at: datetime | None) -> dict[str, int]:
    """Write a table's rows where they belong, and count where that was."""
    n_written = n_released = 0
    if work.n_landed[table.name]:
        if known_at is not None and work.n_open[table.name]:
            n_written = acceptance.accept(work, table, known_at)
        n_released = acceptance.settle_waiting(work, table)
    if table.name in work.files:
        acceptance.quarantine(work, table)
    rules = work.conn.execute(f"""
        select rule, count(*) from (
            select rule from {LANDING}.{table.name}_rejected
            union all
            select rule from aside_{table.name} where row_id > 0
        ) as fates group by rule order by rule
    """).fetchall()
    return {**dict(rules), "accepted": n_written - n_released, "released": n_released}


def _counted(
    table: str, fate: dict[str, int], landed: Landed | None, seconds: float
) -> TableCounts:
    not_rules = {"accepted", "released", *RESOLVED}
    rules = {rule: n for rule, n in fate.items() if rule not in not_rules}
    counts = TableCounts(
        table,
        landed.n_read if landed else 0,
        fate["accepted"],
        fate.get("unchanged", 0),
        sum(rules.values()),
        fate["released"],
        rules,
        landed.unknown_columns if landed else (),
        seconds,
    )
    if counts.n_read != counts.n_accepted + counts.n_unchanged + counts.n_quarantined:
        raise RuntimeError(f"rows went astray while loading: {counts}")
    return counts
