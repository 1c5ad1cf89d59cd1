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
from orchestration.lib.loading.schema import LANDING, TOMBSTONE, quoted
from orchestration.lib.loading.work import Work

PERSON = "candidate_id"
REQUESTS = "erasure_requests"
# How a table without the identifier leads to it: a column, and the table that knows whose it is.
_LINKS = {"session_id": "sessions", "request_id": "booking_requests"}
_HASH = "encode(sha256(convert_to((select salt from run.erasure_salt) || {0}, 'UTF8')), 'hex')"
# What separates the words of a line that could not be read as a row.
_BETWEEN_WORDS = r"[\s,;|\"]+"


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
        _rename_in_texts(work, f"{LANDING}.{table.name}_rejected", table, erased)
        _rename_in_texts(work, f"quarantine.{table.name}", table, erased)
    for column, owner in _LINKS.items():
        _list_theirs(work, column, owner)
    for table in tables:
        _silence(work, table, erased)
    if erased.n_people:
        erased.rewritten |= erase_elsewhere(work.conn)
    return erased


def _register(work: Work) -> int:
    """Give each new request a tombstone; ``erased_now`` lists them."""
    name = _HASH.format(f"asked.{PERSON}")
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
        f" union select {_told('kept')} from {LANDING}.{table.name}_rejected as kept"
        for table in tables
    )
    work.run(f"""
        create temporary table erased_here on commit drop as
        select landed.{PERSON}, erasures.tombstone
        from ({landed}) as landed
        inner join run.erasures as erasures
            on erasures.candidate_hash = {_HASH.format(f"landed.{PERSON}")}
        union
        select {PERSON}, tombstone from erased_now;
        alter table erased_here add primary key ({PERSON});
        analyze erased_here
    """)


def _told(row: str, column: str = PERSON) -> str:
    """Write what a kept row says in a column; nothing where it is no row."""
    is_row = f"{row}.rule <> 'row_malformed'"
    return f"(case when {is_row} then {row}.row_text::jsonb end ->> '{column}')"


def _rename(work: Work, table: Table, relation: str, erased: Erased) -> None:
    """Give typed rows the tombstone; columns outside the contract may say who it was."""
    prose = [column.name for column in table.columns if column.kind == "prose"]
    silent = "".join(f", {quoted(name)} = null" for name in prose)
    n_rows = work.run(f"""
        update {relation} as rows set {PERSON} = here.tombstone, extra = null{silent}
        from erased_here as here where rows.{PERSON} = here.{PERSON}
    """)
    _note(erased, relation, n_rows)


def _rename_in_texts(work: Work, relation: str, table: Table, erased: Erased) -> None:
    """Do the same in rows that are kept as texts."""
    n_rows = 0
    if PERSON in table.names:
        n_rows = work.run(f"""
            update {relation} as rows
            set row_text = ({_only_contract(table)} || jsonb_build_object(
                '{PERSON}', here.tombstone
            ))::text
            from erased_here as here
            where {_told("rows")} = here.{PERSON}
        """)
    # What is no row cannot be told apart: all of it goes.
    n_rows += work.run(f"""
        update {relation} as rows set row_text = 'erased'
        where rows.rule = 'row_malformed' and exists (
            select from regexp_split_to_table(rows.row_text, '{_BETWEEN_WORDS}') as word
            inner join run.erasures as erasures
                on erasures.candidate_hash = {_HASH.format("word")}
        )
    """)
    _note(erased, relation, n_rows)


def _only_contract(table: Table) -> str:
    """Write a kept row without its prose and without what the contract does not know."""
    kept = ", ".join(f"'{column.name}'" for column in table.file_columns if column.kind != "prose")
    return f"""(
        select coalesce(jsonb_object_agg(member.key, member.value), '{{}}')
        from jsonb_each(rows.row_text::jsonb) as member where member.key in ({kept})
    )"""


def _list_theirs(work: Work, column: str, owner: str) -> None:
    """List what belongs to erased people and leads to them (``erased_session_id`` and so on)."""
    is_theirs = f"{PERSON} in (select tombstone from run.erasures)"
    kept_apart = " union ".join(
        f"""select {_told("kept", column)} from {relation} as kept
        where {_told("kept")} in (select tombstone from run.erasures)"""
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
            _note(
                erased,
                relation,
                work.run(f"""
                update {relation} as rows set row_text = {_only_contract(table)}::text
                from erased_{column} as theirs
                where {_told("rows", column)} = theirs.{column}
                    and rows.row_text <> {_only_contract(table)}::text
            """),
            )


def _note(erased: Erased, relation: str, n_rows: int) -> None:
    if n_rows and not relation.startswith(f"{LANDING}."):
        erased.rewritten.add(relation)
