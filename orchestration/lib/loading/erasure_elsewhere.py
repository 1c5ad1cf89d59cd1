"""Erasure beyond raw and quarantine: every stored table that the catalogue knows of.

Tables that nobody thought of when this was written are found by their columns: ``candidate_id``,
and JSON documents of any name, such as a frozen dossier.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from orchestration.lib.loading.schema import LANDING

_COLUMNS = """
    select
        format('%%I.%%I', namespaces.nspname, tables.relname) as relation,
        quote_ident(columns.attname) as name,
        columns.atttypid in ('json'::regtype, 'jsonb'::regtype) as is_document,
        tables.relforcerowsecurity as is_forced,
        exists (
            select from pg_trigger as triggers
            where triggers.tgrelid = tables.oid and not triggers.tgisinternal
        ) as has_triggers
    from pg_class as tables
    inner join pg_namespace as namespaces on namespaces.oid = tables.relnamespace
    inner join pg_attribute as columns on columns.attrelid = tables.oid
    where tables.relkind in ('r', 'p')
        and not tables.relispartition
        and namespaces.nspname <> all(%(elsewhere)s)
        and namespaces.nspname not like 'pg\\_%%'
        and columns.attnum > 0
        and not columns.attisdropped
        and (
            columns.attname = 'candidate_id' and columns.atttypid in (
                'text'::regtype, 'varchar'::regtype
            )
            or columns.atttypid in ('json'::regtype, 'jsonb'::regtype)
        )
    order by relation, columns.attnum
"""
# These the load goes through itself.
_DONE_ALREADY = ["raw", "quarantine", LANDING, "information_schema"]


def erase_elsewhere(conn: psycopg.Connection) -> set[str]:
    """Erase the people of ``erased_now`` from all other tables.

    Parameters
    ----------
    conn : psycopg.Connection
        In the load's transaction, with its temporary tables ``erased_now`` (``candidate_id``,
        ``tombstone``) and ``erased_session_id``.

    Returns
    -------
    set of str
        Tables with rewritten rows.
    """
    rewritten = set()
    people = dict(conn.execute("select candidate_id, tombstone from erased_now").fetchall())
    theirs = "select session_id from erased_session_id where session_id is not null"
    sessions = {row[0] for row in conn.execute(theirs)}
    found = conn.execute(_COLUMNS, {"elsewhere": _DONE_ALREADY}).fetchall()
    for relation, name, is_document, is_forced, has_triggers in found:
        with _unguarded(conn, relation, is_forced, has_triggers):
            if is_document:
                n_rows = _erase_documents(conn, relation, name, people, sessions)
            else:
                n_rows = conn.execute(
                    f"update {relation} as rows set {name} = erased.tombstone"
                    f" from erased_now as erased where rows.{name} = erased.candidate_id"
                ).rowcount
        if n_rows:
            rewritten.add(relation)
    return rewritten


@contextmanager
def _unguarded(
    conn: psycopg.Connection, relation: str, is_forced: bool, has_triggers: bool
) -> Iterator[None]:
    """Lift what keeps even the owner from changing a table: its policies, its triggers."""
    lifted = [
        *(["no force row level security"] if is_forced else []),
        *(["disable trigger user"] if has_triggers else []),
    ]
    restored = [
        *(["force row level security"] if is_forced else []),
        *(["enable trigger user"] if has_triggers else []),
    ]
    for action in lifted:
        conn.execute(f"alter table {relation} {action}")
    yield
    for action in restored:
        conn.execute(f"alter table {relation} {action}")


def _erase_documents(
    conn: psycopg.Connection,
    relation: str,
    name: str,
    people: dict[str, str],
    sessions: set[str],
) -> int:
    mentions = f"strpos(rows.{name}::text, named.name) > 0"
    documents = conn.execute(f"""
        select rows.ctid::text, rows.{name} from {relation} as rows
        where exists (
            select from (
                select candidate_id as name from erased_now
                union all select session_id from erased_session_id
            ) as named where {mentions}
        )
    """).fetchall()
    words = _words(people)
    changed = [
        (json.dumps(after), ctid)
        for ctid, before in documents
        if (after := _without(before, people, sessions, words)) != before
    ]
    if changed:
        with conn.cursor() as cursor:
            cursor.executemany(f"update {relation} set {name} = %s where ctid = %s::tid", changed)
    return len(changed)


def _words(people: dict[str, str]) -> re.Pattern[str]:
    """Match the people's names within a text; a bare number there is a number, and nobody's."""
    told = [name for name in people if not name.isdecimal()]
    if not told:
        return re.compile(r"(?!)")
    names = "|".join(re.escape(name) for name in sorted(told, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")


def _without(value: Any, people: dict[str, str], sessions: set[str], words: re.Pattern[str]) -> Any:
    """Return a document's value without these people: no name of theirs, no comment."""
    if isinstance(value, str):
        return people.get(value) or _renamed(value, people, words)
    if isinstance(value, list):
        return [_without(item, people, sessions, words) for item in value]
    if not isinstance(value, dict):
        return value
    is_theirs = value.get("candidate_id") in people or value.get("session_id") in sessions
    return {
        _renamed(key, people, words): None
        if is_theirs and key == "comment"
        else _without(item, people, sessions, words)
        for key, item in value.items()
    }


def _renamed(text: str, people: dict[str, str], words: re.Pattern[str]) -> str:
    return words.sub(lambda found: people[found.group()], text)
