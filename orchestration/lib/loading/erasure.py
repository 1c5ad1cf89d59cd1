"""Erasure: a person's identifier becomes a random tombstone, and what was written falls silent.

A request is a row of ``erasure_requests``. From then on a salted hash knows the identifier again
wherever a hand-over brings it, so that a reload brings nobody back, and a request may come before
the person's rows. Figures do not move: each person keeps one name of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.erasure_elsewhere import erase_elsewhere
from orchestration.lib.loading.erasure_texts import (
    HASH,
    PERSON,
    rename_in_texts,
    silence_texts,
    told,
)
from orchestration.lib.loading.schema import LANDING, TOMBSTONE, quoted
from orchestration.lib.loading.work import Work

REQUESTS = "erasure_requests"
# How a table without the identifier leads to it: a column, and the table that knows whose it is.
_LINKS = {"session_id": "sessions", "request_id": "booking_requests"}


@dataclass
class Erased:
    """What the erasures of one load came to.

    Attributes
    ----------
    n_people : int
        Those erased for the first time.
    rewritten : set of str
        Stored tables with rewritten rows: the old ones lie in their pages until a vacuum.
    """

    n_people: int = 0
    rewritten: set[str] = field(default_factory=set)


def erase(work: Work, tables: Sequence[Table]) -> Erased:
    """Erase who asked for it, in what has just landed and in everything stored.

    Costs one look at an empty table while nobody was ever erased; later, a digest of each
    distinct candidate that lands. A new request reads the stored tables with candidates once.

    Parameters
    ----------
    work : Work
        The load's, before any check.
    tables : sequence of Table
        The contract.

    Returns
    -------
    Erased
    """
    erased = Erased(_register(work))
    row = work.conn.execute("select exists (select from run.erasures)").fetchone()
    if not (row and row[0]):
        return erased
    _recognise(work, [table for table in tables if PERSON in table.names])
    for table in tables:
        if PERSON in table.names:
            _rename(work, table, f"{LANDING}.{table.name}", erased)
            if erased.n_people:
                _rename(work, table, f"raw.{table.name}", erased)
        for relation in (f"{LANDING}.{table.name}_rejected", f"quarantine.{table.name}"):
            _note(erased, relation, rename_in_texts(work, relation, table))
    for column, owner in _LINKS.items():
        _list_theirs(work, column, owner)
    for table in tables:
        _silence(work, table, erased)
    if erased.n_people:
        erased.rewritten |= erase_elsewhere(work.conn)
    return erased


def _register(work: Work) -> int:
    """Give each new request a tombstone; ``erased_now`` lists them."""
    name = HASH.format(f"asked.{PERSON}")
    return (
        work.run(f"""
        create temporary table erased_now on commit drop as
        with
        asked as (select distinct {PERSON} from {LANDING}.{REQUESTS}),
        entered as (
            insert into run.erasures (candidate_hash, tombstone, load_id)
            select {name}, '{TOMBSTONE}' || gen_random_uuid(), {work.load_id} from asked
            where asked.{PERSON} is not null
                and asked.{PERSON} not in (select tombstone from run.erasures)
            on conflict do nothing
            returning candidate_hash, tombstone
        )
        select asked.{PERSON}, entered.tombstone
        from entered inner join asked on {name} = entered.candidate_hash
    """)
        if _has_rows(work, f"{LANDING}.{REQUESTS}")
        else _none_now(work)
    )


def _none_now(work: Work) -> int:
    work.run(f"create temporary table erased_now ({PERSON} text, tombstone text) on commit drop")
    return 0


def _has_rows(work: Work, table: str) -> bool:
    row = work.conn.execute(f"select exists (select from {table})").fetchone()
    return bool(row and row[0])


def _recognise(work: Work, tables: Iterable[Table]) -> None:
    """List all erased people whose plain identifier is at hand (``erased_here``)."""
    landed = " union ".join(
        f"select {PERSON} from {LANDING}.{table.name}"
        f" union select {told('kept')} from {LANDING}.{table.name}_rejected as kept"
        for table in tables
    )
    work.run(f"""
        create temporary table erased_here on commit drop as
        select landed.{PERSON}, erasures.tombstone
        from ({landed}) as landed
        inner join run.erasures as erasures
            on erasures.candidate_hash = {HASH.format(f"landed.{PERSON}")}
        union
        select {PERSON}, tombstone from erased_now;
        alter table erased_here add primary key ({PERSON});
        analyze erased_here
    """)


def _rename(work: Work, table: Table, relation: str, erased: Erased) -> None:
    """Give typed rows the tombstone; columns outside the contract may say who it was."""
    prose = [column.name for column in table.columns if column.kind == "prose"]
    silent = "".join(f", {quoted(name)} = null" for name in prose)
    n_rows = work.run(f"""
        update {relation} as rows set {PERSON} = here.tombstone, extra = null{silent}
        from erased_here as here where rows.{PERSON} = here.{PERSON}
    """)
    _note(erased, relation, n_rows)


def _list_theirs(work: Work, column: str, owner: str) -> None:
    """List what belongs to erased people and leads to them (``erased_session_id`` and so on)."""
    is_theirs = f"{PERSON} in (select tombstone from run.erasures)"
    kept_apart = " union ".join(
        f"""select {told("kept", column)} from {relation} as kept
        where {told("kept")} in (select tombstone from run.erasures)"""
        for relation in (f"{LANDING}.{owner}_rejected", f"quarantine.{owner}")
    )
    work.run(f"""
        create temporary table erased_{column} on commit drop as
        select {column} from {LANDING}.{owner} where {is_theirs}
        union
        select {column} from raw.{owner}
        where starts_with({PERSON}, '{TOMBSTONE}') and {is_theirs}
        union
        {kept_apart};
        analyze erased_{column}
    """)


def _silence(work: Work, table: Table, erased: Erased) -> None:
    """Take out what was written by or about erased people in tables that only lead to them."""
    for column, owner in _LINKS.items():
        if column not in table.names or table.name == owner or PERSON in table.names:
            continue
        prose = [found.name for found in table.columns if found.kind == "prose"]
        names = [*prose, "extra"]
        silent = ", ".join(f"{quoted(name)} = null" for name in names)
        speaks = " or ".join(f"rows.{quoted(name)} is not null" for name in names)
        for relation in (f"{LANDING}.{table.name}", f"raw.{table.name}"):
            _note(
                erased,
                relation,
                work.run(f"""
                update {relation} as rows set {silent}
                from erased_{column} as theirs
                where rows.{quoted(column)} = theirs.{column} and ({speaks})
            """),
            )
        for relation in (f"{LANDING}.{table.name}_rejected", f"quarantine.{table.name}"):
            _note(erased, relation, silence_texts(work, table, relation, column))


def _note(erased: Erased, relation: str, n_rows: int) -> None:
    if n_rows and not relation.startswith(f"{LANDING}."):
        erased.rewritten.add(relation)
