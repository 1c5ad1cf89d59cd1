"""The last steps of a load: its instant, the rows that enter raw, those that enter quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.lib.loading.declaration import EVENTS, Table
from orchestration.lib.loading.keys import keys_made_last
from orchestration.lib.loading.schema import LANDING, listed
from orchestration.lib.loading.versions import chained
from orchestration.lib.loading.work import RESOLVED, Work


@dataclass(frozen=True)
class Instants:
    """The newest instants among the rows a load accepts; None where there are none."""

    said: datetime | None
    event: datetime | None
    other: datetime | None


def newest_instants(work: Work, table: Table) -> Instants | None:
    """Find the newest instants of a table's new rows; None if it has no new rows."""
    stamped = "landed.loaded_at is null"
    events = _greatest(table.instants(EVENTS))
    others = _greatest(table.instants())
    row = work.conn.execute(f"""
        select
            count(*), max(landed.loaded_at), max({events}) filter (where {stamped}),
            max(least({others}, now())) filter (where {stamped} and {others} is not null)
        from {LANDING}.{table.name} as landed where {work.is_kept(table, "landed")}
    """).fetchone()
    return Instants(*row[1:]) if row and row[0] else None


def _greatest(names: Sequence[str]) -> str:
    columns = listed(names, "landed")
    return f"greatest({columns})" if columns else "null::timestamptz"


def known_at(work: Work, instants: Sequence[Instants]) -> datetime | None:
    """Find the load's own instant on the data's clock.

    It follows from the data alone, so that the same hand-overs give the same figures on every
    machine, and it lies behind everything that was known or asked for before.

    Parameters
    ----------
    work : Work
        Its floor is the newest instant that may not change any more.
    instants : sequence of Instants
        Of each table with new rows.

    Returns
    -------
    datetime or None
        None when nothing is accepted.
    """
    if not instants:
        return None
    said = [found.said for found in instants if found.said]
    events = [found.event for found in instants if found.event]
    if not events:
        events = [found.other for found in instants if found.other]
    row = work.conn.execute(
        """
        select coalesce(
            greatest(
                %(newest)s::timestamptz,
                %(floor)s::timestamptz + interval '1 microsecond',
                (select max(as_of) from run.clock) + interval '1 microsecond'
            ),
            now()
        )
        """,
        {"newest": max([*said, *events], default=None), "floor": work.floor},
    ).fetchone()
    return row[0] if row else None


def accept(work: Work, table: Table, instant: datetime) -> int:
    """Write a table's new versions to raw, ending those they replace.

    Returns
    -------
    int
        Versions written.
    """
    name = table.name
    parameters = {"known": instant, "floor": work.floor,
                  "seq": work.load_seq, "load": work.load_id}  # fmt: skip
    is_late = "coalesce(chain.is_late, landed.loaded_at <= %(floor)s::timestamptz, false)"
    is_known_now = f"(landed.loaded_at is null or {is_late})"
    next_at = "case when chain.is_late then null else chain.next_said_at end"
    loaded_at = f"case when {is_known_now} then %(known)s::timestamptz else landed.loaded_at end"
    _end_replaced(work, table, loaded_at, parameters)
    insert = f"""
        insert into raw.{name} (
            {listed(table.names)}, extra, loaded_at, source_loaded_at, valid_to,
            load_seq, load_id, load_version
        )
        select
            {listed(table.names, "landed")}, landed.extra::jsonb,
            {loaded_at},
            case when {is_late} then landed.loaded_at end,
            case when chain.has_next then coalesce({next_at}, %(known)s::timestamptz) end,
            %(seq)s, %(load)s, coalesce(chain.load_version, 1)
        from {LANDING}.{name} as landed
        left join {chained(work, table)} as chain on chain.row_id = landed.row_id
        where {work.is_kept(table, "landed")}
    """
    with keys_made_last(work.conn, table):
        n_written = work.run(insert, parameters)
    work.run(f"analyze raw.{name}")
    return n_written


def _end_replaced(work: Work, table: Table, loaded_at: str, parameters: dict[str, object]) -> None:
    row = work.conn.execute(
        f"select count(*) from chain_{table.name} where replaces is not null"
    ).fetchone()
    if not (row and row[0]):
        return
    # The rows' places are known: without this a few of them may cost a scan of them all.
    joins = "off" if work.prefers_lookup(table.name, row[0]) else "on"
    work.run(f"set local enable_hashjoin = {joins}; set local enable_mergejoin = {joins}")
    work.run(
        f"""
        update raw.{table.name} as stored set valid_to = ended.ended_at
        from (
            select chain.replaces, {loaded_at} as ended_at
            from chain_{table.name} as chain
            inner join {LANDING}.{table.name} as landed on landed.row_id = chain.row_id
            where chain.replaces is not null
        ) as ended
        where stored.ctid = ended.replaces
        """,
        parameters,
    )
    work.run("set local enable_hashjoin = on; set local enable_mergejoin = on")


def quarantine(work: Work, table: Table) -> None:
    """Keep a table's rejected rows whole, each once however often it is handed over."""
    name = table.name
    columns = listed((column.name for column in table.file_columns), "landed")
    work.run(
        f"""
        insert into quarantine.{name} (rule, file, line, load_id, row_text, quarantined_at)
        select found.rule, %(file)s, found.line, %(load)s, found.row_text, now()
        from (
            select rule, line, row_text from {LANDING}.{name}_rejected
            union all
            select aside.rule, landed.row_id, jsonb_strip_nulls(to_jsonb(kept))::text
            from aside_{name} as aside
            inner join {LANDING}.{name} as landed on landed.row_id = aside.row_id
            cross join lateral (select {columns}, landed.extra::jsonb as extra) as kept
            where landed.row_id > 0 and aside.rule <> all(%(resolved)s)
        ) as found
        where not exists (
            select from quarantine.{name} as earlier
            where
                md5(earlier.row_text) = md5(found.row_text)
                and earlier.rule = found.rule
                and earlier.released_at is null
        )
        order by found.line
        """,
        {"file": work.files[name], "load": work.load_id, "resolved": list(RESOLVED)},
    )


def settle_waiting(work: Work, table: Table) -> int:
    """Close the quarantine of rows that waited and were taken up.

    Returns
    -------
    int
        Rows that entered raw.
    """
    name = table.name
    work.run(
        f"""
        update quarantine.{name} as waiting
        set
            rule = case when aside.row_id is null or aside.rule = any(%(resolved)s)
                then waiting.rule else aside.rule end,
            released_at = case when aside.row_id is null or aside.rule = any(%(resolved)s)
                then now() end
        from {LANDING}.{name} as landed
        left join aside_{name} as aside on aside.row_id = landed.row_id
        where landed.row_id < 0 and waiting.quarantine_id = -landed.row_id
        """,
        {"resolved": list(RESOLVED)},
    )
    row = work.conn.execute(
        f"select count(*) from {LANDING}.{name} as landed"
        f" where landed.row_id < 0 and {work.is_kept(table, 'landed')}"
    ).fetchone()
    return int(row[0]) if row else 0
