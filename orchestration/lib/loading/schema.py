"""The tables a load fills: raw, quarantine, the record of loads, and the landing of one load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg

from orchestration.lib.loading.contract import DEFAULT_QUESTIONS, contract
from orchestration.lib.loading.declaration import SQL_TYPES, Table

# Any number will do, as long as every loader uses the same one.
LOAD_LOCK = 7_251_900_342
LANDING = "landing"
# How the name begins that an erased candidate has instead of the identifier.
TOMBSTONE = "erased-"

_RUN_TABLES = """
create sequence if not exists run.load_ids;
create table if not exists run.clock (as_of timestamptz);
create unique index if not exists clock_has_one_row on run.clock ((true));
insert into run.clock (as_of) select null where not exists (select from run.clock);
create table if not exists run.loads (
    load_id bigint primary key,
    load_seq bigint not null unique,
    source text not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    known_at timestamptz
);
create table if not exists run.load_counts (
    load_id bigint not null references run.loads,
    table_name text not null,
    n_read bigint not null,
    n_accepted bigint not null,
    n_unchanged bigint not null,
    n_quarantined bigint not null,
    n_released bigint not null,
    primary key (load_id, table_name),
    check (n_read = n_accepted + n_unchanged + n_quarantined)
);
alter table run.load_counts
    add column if not exists unknown_columns text[] not null default '{}';
create table if not exists run.load_rule_counts (
    load_id bigint not null references run.loads,
    table_name text not null,
    rule text not null,
    n bigint not null,
    primary key (load_id, table_name, rule)
);
create table if not exists run.erasure_salt (salt text not null);
create unique index if not exists erasure_salt_has_one_row on run.erasure_salt ((true));
insert into run.erasure_salt (salt)
select gen_random_uuid()::text || gen_random_uuid()::text
where not exists (select from run.erasure_salt);
create table if not exists run.erasures (
    candidate_hash text primary key,
    tombstone text not null unique,
    load_id bigint not null,
    erased_at timestamptz not null default clock_timestamp()
);
"""


def quoted(name: str) -> str:
    """Write a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str], alias: str = "") -> str:
    """Write names as a list of columns, of one relation if `alias` is given."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + quoted(name) for name in names)


def prepare_raw(
    conn: psycopg.Connection,
    questions: Sequence[str] = DEFAULT_QUESTIONS,
    rating_min: int = 1,
    rating_max: int = 4,
) -> None:
    """Create the schemas raw, quarantine and run with their tables, where they are absent.

    Parameters
    ----------
    conn : psycopg.Connection
        The owner's; everything happens in one transaction on it.
    questions : sequence of str
        The candidate form's questions; a new one adds a column.
    rating_min, rating_max : int
        The rating scale.
    """
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", [LOAD_LOCK])
        conn.execute("set local client_min_messages = warning")
        for schema in ("raw", "quarantine", "run"):
            conn.execute(f"create schema if not exists {schema}")
        conn.execute(_RUN_TABLES)
        for table in contract(questions, rating_min, rating_max):
            conn.execute(_raw_table(table))
            _add_columns(conn, table)
            conn.execute(_quarantine_table(table))


def _raw_table(table: Table) -> str:
    columns = [
        f"{quoted(column.name)} {SQL_TYPES[column.kind]} {'not null' * column.is_required}"
        for column in sorted(table.columns, key=lambda column: not column.is_required)
    ]
    return f"""
        create table if not exists raw.{table.name} (
            {", ".join(columns)},
            extra jsonb,
            loaded_at timestamptz not null,
            source_loaded_at timestamptz,
            valid_to timestamptz,
            load_seq bigint not null,
            load_id bigint not null,
            load_version integer not null,
            {primary_key(table)}
        );
        {"; ".join(raw_indexes(table).values())}
    """


def _add_columns(conn: psycopg.Connection, table: Table) -> None:
    """Add what the contract has gained, where anything: even a look waits for all readers."""
    there = "select attname from pg_attribute where attrelid = %s::regclass"
    names = {name for (name,) in conn.execute(there, [f"raw.{table.name}"])}
    for column in table.columns:
        if column.name not in names:
            conn.execute(
                f"alter table raw.{table.name}"
                f" add column {quoted(column.name)} {SQL_TYPES[column.kind]}"
            )


def primary_key(table: Table) -> str:
    """Write the constraint that tells the versions of a raw table apart."""
    key = listed(table.key)
    return f"constraint {table.name}_pkey primary key ({key}, loaded_at, load_version)"


def raw_indexes(table: Table) -> dict[str, str]:
    """Write the statements that make a raw table's other indexes where they are absent, by name."""
    name = table.name
    indexes = {
        f"{name}_current": f"on raw.{name} ({listed(table.key)}) where valid_to is null",
        # Whether a row was ever corrected is asked of all rows, and true of few.
        f"{name}_replaced": f"on raw.{name} ({listed(table.key)}) where valid_to is not null",
        f"{name}_load_seq": f"on raw.{name} using brin (load_seq)",
    }
    if "candidate_id" in table.names:
        # By it the rows of erased people are found; it holds nobody else's.
        is_erased = f"starts_with(candidate_id, '{TOMBSTONE}')"
        indexes[f"{name}_erased"] = f"on raw.{name} (candidate_id) where {is_erased}"
    return {
        index: f"create {'unique' if index == f'{name}_current' else ''} index"
        f" if not exists {index} {definition}"
        for index, definition in indexes.items()
    }


def _quarantine_table(table: Table) -> str:
    return f"""
        create table if not exists quarantine.{table.name} (
            quarantine_id bigint generated always as identity primary key,
            rule text not null,
            file text not null,
            line bigint not null,
            load_id bigint not null,
            row_text text not null,
            quarantined_at timestamptz not null,
            released_at timestamptz
        );
        create index if not exists {table.name}_seen
            on quarantine.{table.name} (md5(row_text)) where released_at is null;
        create index if not exists {table.name}_waiting on quarantine.{table.name} (quarantine_id)
            where rule = 'reference_missing' and released_at is null
    """


def create_landing(conn: psycopg.Connection, tables: Sequence[Table]) -> None:
    """Create empty landing tables, sweeping away those that a load that died left behind."""
    drop_landing(conn)
    with conn.transaction():
        conn.execute(f"create schema {LANDING}")
        for table in tables:
            columns = ", ".join(
                f"{quoted(column.name)} {SQL_TYPES[column.kind]}" for column in table.file_columns
            )
            conn.execute(f"""
                create unlogged table {LANDING}.{table.name} (
                    row_id bigint not null, {columns}, extra text
                );
                create unlogged table {LANDING}.{table.name}_rejected (
                    rule text not null, line bigint not null, row_text text not null
                )
            """)


def drop_landing(conn: psycopg.Connection) -> None:
    """Drop the landing tables, and their schema with them."""
    with conn.transaction():
        conn.execute("set local client_min_messages = warning")
        conn.execute(f"drop schema if exists {LANDING} cascade")
