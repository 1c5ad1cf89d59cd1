"""Bring the warehouse up, with the schemas and empty tables that dbt and the loader expect."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from orchestration.lib.code_version import code_version
from orchestration.lib.environment import CONNECTION_VARIABLES
from orchestration.lib.errors import UserError
from orchestration.lib.fitted_tables import CONTRACTS, fitted_ddl
from orchestration.lib.postgres import Connection, EmbeddedPostgres
from orchestration.lib.postgres.binaries import OLDEST_MAJOR
from orchestration.lib.settings import PROJECT_DIR, Settings

FACTORS_SEED = PROJECT_DIR / "seeds" / "experience_factors.csv"
REASONS_SEED = PROJECT_DIR / "seeds" / "excuse_reasons.csv"
LIB_DIR = Path(__file__).parent
# What the empty tables are made from: when none of it changed, nothing is prepared again.
PREPARED_FROM = (
    LIB_DIR / "prepare.py",
    LIB_DIR / "fitted_tables.py",
    LIB_DIR / "roles.py",
    LIB_DIR / "loading",
    LIB_DIR / "inbox",
    FACTORS_SEED,
    REASONS_SEED,
)
# What the tables that grow are made by: when any of it changed, they are made anew.
MARTS_MADE_BY = (
    *(PROJECT_DIR / "models" / layer for layer in ("staging", "intermediate", "marts")),
    PROJECT_DIR / "macros",
    FACTORS_SEED,
    PROJECT_DIR / "dbt_project.yml",
)
# Two preparations at once would trip over each other's `create schema if not exists`.
PREPARE_LOCK = 7_241_902


def prepare_warehouse(settings: Settings | None = None, *, suffix: str = "") -> Connection:
    """Reach the warehouse, create what is missing, and tell dbt's profile where it is.

    Parameters
    ----------
    settings : Settings, optional
        Where the warehouse lives; read from the environment when absent.
    suffix : str
        Ending of the schemas of a run that looks back (``_asof``); empty for the published ones.

    Returns
    -------
    Connection
        The owner's connection.

    Raises
    ------
    UserError
        When the server cannot be reached or is older than PostgreSQL 15, or when the database
        keeps its texts in another encoding than UTF-8.
    """
    settings = settings or Settings.from_environment()
    connection = _reach(settings)
    export_connection(connection)
    os.environ["RATINGS_MARTS_VERSION"] = code_version(*MARTS_MADE_BY, suffixes=(".sql",))
    version = code_version(*PREPARED_FROM)
    with _connect(connection) as database:
        _require_version(database)
        _require_utf8(database)
        for ending in dict.fromkeys(("", suffix)):
            if not _is_prepared(database, ending, version):
                _prepare(database, ending, version)
    return connection


def candidate_form(seed: Path = FACTORS_SEED) -> tuple[str, ...]:
    """The questions of the candidate's form, in the form's order."""
    with seed.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["position"]))
    return tuple(row["factor"] for row in rows)


def excuse_reasons(seed: Path = REASONS_SEED) -> tuple[str, ...]:
    """The codes for which a rating may be left out of scores."""
    with seed.open(encoding="utf-8", newline="") as file:
        return tuple(row["reason_code"] for row in csv.DictReader(file))


def export_connection(connection: Connection) -> None:
    """Set the variables that ``profiles.yml`` reads, for every process started from here."""
    words = connection.words
    for name, variable in CONNECTION_VARIABLES.items():
        if name in words:
            os.environ[variable] = words[name]
    os.environ["RATINGS_READY"] = "1"


def _reach(settings: Settings) -> Connection:
    if settings.dsn is None:
        # Set for some other server, they would bend every connection to ours, dbt's included.
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
        return EmbeddedPostgres(settings.home).ensure_running()
    return Connection.from_dsn(settings.dsn)


def _connect(connection: Connection) -> psycopg.Connection:
    try:
        return psycopg.connect(connection.dsn, connect_timeout=10, application_name="ratings")
    except psycopg.OperationalError as error:
        # The first line says what happened; the rest are libpq's own guesses at why.
        reason = str(error).strip().splitlines()[0].strip()
        raise UserError(
            f"No PostgreSQL at {connection.host}:{connection.port}/{connection.dbname} "
            f"for {connection.user}: {reason}; check RATINGS_DSN"
        ) from None


def _require_version(database: psycopg.Connection) -> None:
    major = database.info.server_version // 10_000
    if major < OLDEST_MAJOR:
        raise UserError(
            f"The server at {database.info.host}:{database.info.port} is PostgreSQL {major}; "
            f"the warehouse needs {OLDEST_MAJOR} or newer: point RATINGS_DSN at one"
        )


def _require_utf8(database: psycopg.Connection) -> None:
    encoding = database.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise UserError(
            f"The database {database.info.dbname} keeps its texts in {encoding}; the warehouse "
            "needs UTF8: create database warehouse encoding 'UTF8' template template0, "
            "and point RATINGS_DSN at it"
        )


def _is_prepared(database: psycopg.Connection, suffix: str, version: str) -> bool:
    table = f"run{suffix}.prepared"
    found = database.execute("select to_regclass(%s)", (table,)).fetchone()
    if found is None or found[0] is None:
        return False
    row = database.execute(f"select version, notes from {table}").fetchone()
    # What could not be done is tried again: an administrator may have helped meanwhile.
    return row is not None and row == (version, [])


def _prepare(database: psycopg.Connection, suffix: str, version: str) -> None:
    from orchestration.lib.inbox import prepare_inbox
    from orchestration.lib.loading import prepare_raw
    from orchestration.lib.roles import ensure_roles

    questions = candidate_form()
    # Its own transaction: roles are the server's, and an owner may not be allowed to make them.
    notes = ensure_roles(database) if suffix == "" else []
    database.commit()
    with database.transaction():
        database.execute("select pg_advisory_xact_lock(%s)", (PREPARE_LOCK,))
        if suffix == "":
            prepare_raw(database, questions=questions)
        for statement in (*_run_ddl(suffix), *fitted_ddl(f"fitted{suffix}")):
            database.execute(statement)
        if suffix == "":
            prepare_inbox(database, questions, excuse_reasons())
        _write_defaults(database, f"fitted{suffix}", questions)
        database.execute(f"delete from run{suffix}.prepared")
        database.execute(f"insert into run{suffix}.prepared values (%s, %s)", (version, notes))


def _run_ddl(suffix: str) -> list[str]:
    schema = f"run{suffix}"
    return [
        f"create schema if not exists {schema}",
        f"create table if not exists {schema}.clock (as_of timestamptz)",
        f"insert into {schema}.clock select null where not exists (select from {schema}.clock)",
        # An empty platform stands at the epoch: nothing is known yet, and whatever arrives
        # first is newer than that.
        f"update {schema}.clock set as_of = 'epoch' where as_of is null",
        f"""create table if not exists {schema}.prepared (
            version text not null, notes text[] not null
        )""",
        f"""create table if not exists {schema}.mart_states (
            model text primary key, code_version text not null, batch bigint not null,
            first_batch bigint not null, as_of timestamptz not null, load_seq bigint not null
        )""",
        f"""create table if not exists {schema}.expectation_results (
            run_id text not null, as_of timestamptz, checked_at timestamptz not null default now(),
            border text not null, schema_name text not null, table_name text not null,
            expectation text not null, column_name text, severity text not null,
            success boolean not null, observed jsonb, description text
        )""",
        f"""create table if not exists {schema}.publications (
            publication_id bigint generated always as identity primary key,
            published_at timestamptz not null default clock_timestamp(),
            as_of timestamptz not null, counts jsonb not null default '{{}}'
        )""",
    ]


# What the fit that adjusts nothing says of a rating; of the ratings themselves it knows nothing.
ADJUSTMENTS = (
    "mean_verdict",
    "halo",
    "trend",
    "reference_day",
    "candidate_variance",
    "drift_variance",
)


def _write_defaults(database: psycopg.Connection, schema: str, questions: tuple[str, ...]) -> None:
    """Write the fit that serves until there is a better one: equal weights, nothing adjusted."""
    reason = "equal weights, no adjustment: what serves where no fit was accepted"
    for stem in CONTRACTS:
        database.execute(
            f"""insert into {schema}.fit_registry
                    (fit_id, model, fitted_at, n_rows, settings, diagnostics, is_accepted, reason)
                values ('default', %s, 'epoch', 0, %s, %s, true, %s)
                on conflict (fit_id, model) do nothing""",
            (stem, Jsonb({}), Jsonb({}), reason),
        )
    database.execute(
        f"""insert into {schema}.rating_components (fit_id, fitted_at, component, level, value)
            select 'default', 'epoch', component, '', 0
            from unnest(%s::text[]) as nothing_adjusted (component)
            on conflict (fit_id, component, level) do nothing""",
        (list(ADJUSTMENTS),),
    )
    database.execute(f"delete from {schema}.experience_weights where fit_id = 'default'")
    database.execute(
        f"""insert into {schema}.experience_weights
                (fit_id, fitted_at, factor, weight, weight_raw, weight_low, weight_high)
            select 'default', 'epoch', form.factor, equal.weight, equal.weight, equal.weight,
                equal.weight
            from unnest(%(form)s::text[]) as form (factor)
            cross join (select 1.0::float8 / cardinality(%(form)s::text[])) as equal (weight)""",
        {"form": list(questions)},
    )
