"""The simulated platform and people's own data never share a warehouse."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.lib.errors import UserError
from orchestration.lib.loading import INBOX_SOURCE, contract, is_dsn, read_through
from orchestration.lib.prepare import candidate_form
from orchestration.lib.progress import stage
from orchestration.lib.settings import Settings

WORLD = "demo"
SEED = 1
SOURCE = f"{WORLD}-{SEED}"


def simulated_platform(home: Path) -> Path:
    """Return the folder of the simulated platform, made once and kept."""
    folder = home / "simulated" / SOURCE
    if folder.exists():
        return folder
    # Imported here: only the first run without RAW pays for it.
    from python_models.simulation import WORLDS, simulate, write_platform

    with stage("simulate") as shown:
        platform = simulate(WORLDS[WORLD], seed=SEED)
        half_done = folder.with_suffix(".partial")
        shutil.rmtree(half_done, ignore_errors=True)
        half_done.mkdir(parents=True)
        write_platform(platform, half_done)
        # Renamed when whole: a run killed half-way leaves nothing that looks finished.
        half_done.rename(folder)
        n_rows = sum(len(table) for table in platform.tables.values())
        shown.say(f"{n_rows:,} rows, with known truth")
    return folder


def own_sources(connection: psycopg.Connection) -> list[str]:
    """Name the hand-overs that the warehouse holds, but for the simulated platform.

    What people recorded here is no hand-over: they may well decide about simulated interviewers.
    """
    rows = connection.execute(
        "select distinct source from run.loads where source <> all(%s) order by source",
        ([SOURCE, INBOX_SOURCE],),
    )
    return [source for (source,) in rows]


def make_room(connection: psycopg.Connection, settings: Settings) -> bool:
    """Clear the simulated platform away before people's own data comes in.

    It can be made again at any time, and figures made of both would be nobody's. On a server that
    is the user's own, nothing is dropped: its schemas may hold more than ours.

    Returns
    -------
    bool
        Whether the warehouse has been emptied and must be prepared again.

    Raises
    ------
    UserError
        When the simulated platform lies on the user's own server, or when the hand-over cannot be
        read: then nothing has been cleared away.
    """
    if settings.raw is None or Path(settings.raw).name == SOURCE:
        return False
    found = connection.execute("select 1 from run.loads where source = %s limit 1", (SOURCE,))
    if found.fetchone() is None:
        return False
    if settings.dsn is not None:
        raise UserError(
            f"the database in RATINGS_DSN holds the simulated platform {SOURCE}; "
            "name another database for your own data"
        )
    with stage("make room") as shown, connection.transaction():
        read_through(_source(settings.raw), contract(candidate_form()))
        schemas = connection.execute(
            "select nspname from pg_namespace where pg_get_userbyid(nspowner) = current_user"
        ).fetchall()
        for (schema,) in schemas:
            connection.execute(
                sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema))
            )
        shown.say(f"{SOURCE} is gone: your own data comes in")
    return True


def _source(raw: str) -> Path | str:
    return raw if is_dsn(raw) else Path(raw).expanduser().resolve()
