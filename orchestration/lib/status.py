"""What a warehouse holds, in a few lines."""

from __future__ import annotations

import psycopg

from orchestration.lib.clock import read_clock
from orchestration.lib.loading import contract, count_waiting
from orchestration.lib.lock import lock_holder


def status_lines(dsn: str) -> list[str]:
    """Say where the warehouse is, what was loaded and published last, and whether a run is on."""
    with psycopg.connect(dsn, application_name="ratings status") as connection:
        info = connection.info
        server = f"PostgreSQL {info.server_version // 10_000} at {info.host}:{info.port}"
        where = f"{server}, database {info.dbname}"
        load = connection.execute(
            "select source, finished_at from run.loads order by load_seq desc limit 1"
        ).fetchone()
        published = connection.execute(
            "select published_at, as_of from run.publications order by publication_id desc limit 1"
        ).fetchone()
        holder = lock_holder(connection)
        as_of = read_clock(connection)
        n_waiting = count_waiting(connection, contract())
    return [
        where,
        f"last load:   {load[0]} at {load[1]:%Y-%m-%d %H:%M}" if load else "last load:   none",
        f"clock:       {as_of:%Y-%m-%d %H:%M:%S}",
        f"published:   at {published[0]:%Y-%m-%d %H:%M}, as of {published[1]:%Y-%m-%d %H:%M:%S}"
        if published
        else "published:   nothing yet",
        f"recorded:    {n_waiting} decisions and excuses wait for the next run",
        f"running:     {holder}" if holder else "running:     nothing",
    ]
