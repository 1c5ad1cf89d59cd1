"""Versions of a key: which rows say something new, and in which order they hold.

Only keys that are stored already, or stand in the load more than once, take part (``touched``):
on a first load that is next to nothing, on a reload it is the reload's rows and not the history.
"""

from __future__ import annotations

from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.schema import LANDING, listed, quoted
from orchestration.lib.loading.work import Work, content


def find_touched(work: Work, table: Table) -> None:
    """List the rows whose key has other versions (``touched_``), and the stored ones (``stored_``).

    ``said_at`` is the instant that the source itself gave a version; null where it gave none.
    """
    name, key = table.name, listed(table.key)
    work.run(f"""
        create temporary table touched_{name} on commit drop as
        select row_id, {key}, loaded_at as said_at, null::text as content
        from {LANDING}.{name} limit 0;
        alter table touched_{name} add primary key (row_id)
    """)
    rows = f"select row_id, {listed(table.key, 'landed')}, loaded_at, {content(table, 'landed')}"
    landed = f"from {LANDING}.{name} as landed where {work.is_kept(table, 'landed')}"
    for reason in (_is_repeated(table), _is_stored(work, table)):
        work.run(f"insert into touched_{name} {rows} {landed} and {reason} on conflict do nothing")
    work.run(f"analyze touched_{name}")
    _list_stored(work, table)


def _is_repeated(table: Table) -> str:
    return f"({listed(table.key, 'landed')}) in (select * from repeated_{table.name})"


def set_aside_seen(work: Work, table: Table) -> None:
    """Set aside what is plainly known: alone of its key, and the same as the version it repeats.

    This settles nearly all rows of a folder that is loaded twice, without a digest of each.
    """
    key = listed(table.key)
    work.run(f"""
        create temporary table repeated_{table.name} on commit drop as
        select {key} from {LANDING}.{table.name} group by {key} having count(*) > 1;
        analyze repeated_{table.name}
    """)
    same_version = f"""
        {_same_key(table, "stored", "landed")}
        and case when landed.loaded_at is null then stored.valid_to is null
            else coalesce(stored.source_loaded_at, stored.loaded_at) = landed.loaded_at end
        and row({listed(table.names, "stored")})
            is not distinct from row({listed(table.names, "landed")})
    """
    join = f"inner join raw.{table.name} as stored on {same_version}"
    if work.prefers_lookup(table.name, work.n_landed[table.name]):
        found = f"select true from raw.{table.name} as stored where {same_version} limit 1"
        join = f"cross join lateral ({found}) as found"
    work.set_aside(
        table,
        f"""
        select landed.row_id, 'unchanged' from {LANDING}.{table.name} as landed {join}
        where not ({_is_repeated(table)}) and {work.is_kept(table, "landed")}
        """,
    )


def _is_stored(work: Work, table: Table) -> str:
    same_key = _same_key(table, "stored", "landed")
    stored = f"from raw.{table.name} as stored where {same_key}"
    if work.prefers_lookup(table.name, work.n_landed[table.name]):
        return f"(select true {stored} limit 1)"
    return f"exists (select {stored})"


def _list_stored(work: Work, table: Table) -> None:
    columns = f"""
        {listed(table.key, "stored")}, {content(table, "stored")} as content,
        coalesce(stored.source_loaded_at, stored.loaded_at) as said_at,
        stored.loaded_at, stored.load_version, stored.valid_to is null as is_current,
        stored.ctid as place
    """
    same_key = _same_key(table, "stored", "touched")
    if work.prefers_lookup(table.name, work.n_landed[table.name]):
        # The offset keeps the planner from turning look-ups into a scan of all that is stored.
        versions = f"select {columns} from raw.{table.name} as stored where {same_key} offset 0"
        source = f"cross join lateral ({versions}) as found"
        columns = "found.*"
    else:
        source = f"inner join raw.{table.name} as stored on {same_key}"
    work.run(f"""
        create temporary table stored_{table.name} on commit drop as
        select {columns}
        from (select distinct {listed(table.key)} from touched_{table.name}) as touched {source}
    """)
    work.run(f"analyze stored_{table.name}")


def _same_key(table: Table, first: str, second: str) -> str:
    return " and ".join(f"{first}.{quoted(n)} = {second}.{quoted(n)}" for n in table.key)


def check_versions(work: Work, table: Table) -> None:
    """Set aside contradictions of one instant, and rows that were there before."""
    name, key = table.name, listed(table.key)
    work.set_aside(
        table,
        f"""
        select row_id, 'version_ambiguous' from (
            select row_id, min(content) over same <> max(content) over same as is_ambiguous
            from touched_{name} where row_id > 0 window same as (partition by {key}, said_at)
        ) as versions where is_ambiguous
        """,
    )
    _set_aside_overtaken(work, table)
    same = f"{_same_key(table, 'stored', 'fresh')} and stored.said_at = fresh.said_at"
    work.set_aside(
        table,
        f"""
        select distinct row_id, 'unchanged' from touched_{name} as fresh
        inner join stored_{name} as stored on {same} and stored.content = fresh.content
        where {work.is_kept(table, "fresh")}
        """,
    )
    work.set_aside(
        table,
        f"""
        select row_id, 'unchanged' from (
            select row_id, row_number() over (
                partition by {key}, said_at, content order by row_id
            ) as place from ({_still_kept(work, table)}) as kept
        ) as versions where place > 1
        """,
    )


def _set_aside_overtaken(work: Work, table: Table) -> None:
    """Let a newer hand-over hold where a row that waited says another thing of the same instant."""
    work.set_aside(
        table,
        f"""
        select row_id, 'superseded' from (
            select row_id, content, first_value(content) over (
                partition by {listed(table.key)}, said_at order by row_id > 0 desc, row_id
            ) as newest_content from ({_still_kept(work, table)}) as kept
        ) as versions where row_id < 0 and content <> newest_content
        """,
    )


def _still_kept(work: Work, table: Table) -> str:
    return f"select * from touched_{table.name} as fresh where {work.is_kept(table, 'fresh')}"


def check_repetitions(work: Work, table: Table) -> None:
    """Set aside rows that only repeat the version they would follow."""
    name, key = table.name, listed(table.key)
    work.set_aside(
        table,
        f"""
        select row_id, 'unchanged' from (
            select
                row_id, content, is_new,
                case
                    -- What the warehouse stamps follows whatever holds now, even if the source
                    -- gave that an older instant than some version before it.
                    when said_at is null and not bool_or(is_new and said_at is not null) over same
                        then max(content) filter (where is_current) over same
                    else lag(content) over (
                        partition by {key}
                        order by said_at nulls last, is_new, loaded_at, load_version
                    )
                end as followed_content
            from (
                select
                    row_id, {listed(table.key, "fresh")}, said_at, content, true as is_new,
                    false as is_current, null::timestamptz as loaded_at, 0 as load_version
                from touched_{name} as fresh where {work.is_kept(table, "fresh")}
                union all
                select
                    null, {key}, said_at, content, false, is_current, loaded_at, load_version
                from stored_{name}
            ) as versions
            window same as (partition by {key})
        ) as ordered where is_new and content = followed_content
        """,
    )


def chain_versions(work: Work, table: Table) -> None:
    """Order the new versions of each touched key in ``chain_``.

    ``replaces`` is the place of the stored version that ends where a new one begins. If the
    first new version counts as known from its ingestion, so do those after it.
    """
    name = table.name
    work.run(
        f"""
        create temporary table chain_{name} on commit drop as
        select
            fresh.row_id,
            row_number() over ordered as load_version,
            lead(fresh.row_id) over ordered is not null as has_next,
            lead(fresh.said_at) over ordered as next_said_at,
            coalesce(min(fresh.said_at) over same <= %(floor)s::timestamptz, false) as is_late,
            case when row_number() over ordered = 1 then current.place end as replaces
        from touched_{name} as fresh
        left join stored_{name} as current
            on {_same_key(table, "current", "fresh")} and current.is_current
        where {work.is_kept(table, "fresh")}
        window
            same as (partition by {listed(table.key, "fresh")}),
            ordered as (
                partition by {listed(table.key, "fresh")}
                order by fresh.said_at nulls last, fresh.row_id
            )
        """,
        {"floor": work.floor},
    )
    work.run(f"create unique index on chain_{name} (row_id)")
    work.run(f"analyze chain_{name}")


def chained(work: Work, table: Table) -> str:
    """Write the relation ``chain_`` of a table, told to be empty where it is."""
    row = work.conn.execute(f"select exists (select from chain_{table.name})").fetchone()
    if row and row[0]:
        return f"chain_{table.name}"
    return f"(select * from chain_{table.name} where false)"
