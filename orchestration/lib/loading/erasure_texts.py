"""Erasure in quarantine: rows that are kept as texts, and texts that are no rows."""

from __future__ import annotations

from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.work import Work

PERSON = "candidate_id"
HASH = "encode(sha256(convert_to((select salt from run.erasure_salt) || {0}, 'UTF8')), 'hex')"
# What separates the words of a line that could not be read as a row.
_BETWEEN_WORDS = r"[\s,;|\"]+"


def told(row: str, column: str = PERSON) -> str:
    """Write what a kept row says in a column; nothing where it is no row."""
    is_row = f"{row}.rule <> 'row_malformed'"
    return f"(case when {is_row} then {row}.row_text::jsonb end ->> '{column}')"


def rename_in_texts(work: Work, relation: str, table: Table) -> int:
    """Give rows that are kept as texts the tombstone, and return how many there were."""
    n_rows = 0
    if PERSON in table.names:
        n_rows = work.run(f"""
            update {relation} as rows
            set row_text = ({_only_contract(table)} || jsonb_build_object(
                '{PERSON}', here.tombstone
            ))::text
            from erased_here as here
            where {told("rows")} = here.{PERSON}
        """)
    return n_rows + _blot_out(
        work,
        relation,
        f"""
        exists (
            select from regexp_split_to_table(rows.row_text, '{_BETWEEN_WORDS}') as word
            inner join run.erasures as erasures
                on erasures.candidate_hash = {HASH.format("word")}
        ) or exists (
            select from erased_here as here
            where here.{PERSON} ~ '{_BETWEEN_WORDS}'
                and strpos(rows.row_text, replace(here.{PERSON}, '"', '""')) > 0
        )
        """,
    )


def silence_texts(work: Work, table: Table, relation: str, column: str) -> int:
    """Take out what else such rows say of what belongs to erased people, and return how many."""
    # Told in order: the text of what is no row must never be read as one.
    is_row = "rows.rule <> 'row_malformed'"
    n_rows = work.run(f"""
        update {relation} as rows set row_text = {_only_contract(table)}::text
        from erased_{column} as theirs
        where {told("rows", column)} = theirs.{column}
            and rows.row_text <> case when {is_row} then {_only_contract(table)}::text end
    """)
    return n_rows + _blot_out(
        work,
        relation,
        f"""
        exists (
            select from regexp_split_to_table(rows.row_text, '{_BETWEEN_WORDS}') as word
            inner join erased_{column} as theirs on theirs.{column} = word
        )
        """,
    )


def _blot_out(work: Work, relation: str, condition: str) -> int:
    """Take out texts that are no rows: what in them is whose cannot be told, so all of it goes."""
    return work.run(f"""
        update {relation} as rows set row_text = 'erased'
        where rows.rule = 'row_malformed' and ({condition})
    """)


def _only_contract(table: Table) -> str:
    """Write a kept row without its prose and without what the contract does not know."""
    kept = ", ".join(f"'{column.name}'" for column in table.file_columns if column.kind != "prose")
    return f"""(
        select coalesce(jsonb_object_agg(member.key, member.value), '{{}}')
        from jsonb_each(rows.row_text::jsonb) as member where member.key in ({kept})
    )"""
