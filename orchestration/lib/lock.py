"""One run at a time: a lock that the server itself gives back when its holder dies."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg

from orchestration.lib.errors import UserError

# The key is the project's own; advisory locks are apart for each database.
RUN_LOCK = 7_241_901
# PostgreSQL keeps 63 bytes of an application's name.
NAME_LENGTH = 63
NAME_PREFIX = "ratings run, pid "
# What profiles.yml calls dbt's own connections while a run is at work.
DBT_NAME_VARIABLE = "RATINGS_APPLICATION_NAME"
DBT_NAME = "ratings run, dbt"


@dataclass(frozen=True)
class LockHolder:
    """Who holds the run lock, as the server knows it."""

    name: str
    address: str
    since: datetime

    def __str__(self) -> str:
        since = self.since.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
        return f"{self.name} (from {self.address}), since {since}"


@contextmanager
def run_lock(dsn: str) -> Iterator[psycopg.Connection]:
    """Hold the run lock on a connection of its own for as long as the block lasts.

    The lock is a session's: it survives everything but the end of its connection, so a run that
    is killed leaves nothing to clean up.

    Raises
    ------
    UserError
        When another run holds it: says which process, on which host, since when.
    """
    name = f"{NAME_PREFIX}{os.getpid()} on {socket.gethostname()}"[:NAME_LENGTH]
    connection = psycopg.connect(
        dsn,
        autocommit=True,
        application_name=name,
        # A run can sit in one long fit: a dropped idle connection would give the lock away.
        keepalives_idle=30,
    )
    with connection:
        connection.execute("set idle_session_timeout = 0")
        connection.execute("set timezone = 'UTC'")
        taken = connection.execute("select pg_try_advisory_lock(%s)", (RUN_LOCK,)).fetchone()
        if taken is None or not taken[0]:
            holder = lock_holder(connection)
            raise UserError(
                f"Another run is at work: {holder or 'its holder has just left'}; "
                "wait for it to end, then run again"
            )
        _end_orphans(connection)
        os.environ[DBT_NAME_VARIABLE] = DBT_NAME
        yield connection


def _end_orphans(connection: psycopg.Connection) -> None:
    """End what a killed run's dbt still does: it outlives its run, and holds no lock."""
    connection.execute(
        """select pg_terminate_backend(activity.pid)
        from pg_stat_activity as activity
        where activity.application_name = %s and activity.datname = current_database()
            and activity.usename = current_user""",
        (DBT_NAME,),
    )


def lock_holder(connection: psycopg.Connection) -> LockHolder | None:
    """Say who holds the run lock of this database, if anybody does."""
    row = connection.execute(
        """select activity.application_name, coalesce(host(activity.client_addr), 'this machine'),
               activity.backend_start
        from pg_locks as locks
        inner join pg_stat_activity as activity on activity.pid = locks.pid
        inner join pg_database as databases
            on databases.oid = locks.database and databases.datname = current_database()
        where locks.locktype = 'advisory' and locks.granted
            and locks.classid = 0 and locks.objid = %s and locks.objsubid = 1""",
        (RUN_LOCK,),
    ).fetchone()
    return LockHolder(*row) if row else None
