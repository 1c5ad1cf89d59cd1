"""One run at a time, whatever happens to the one that holds the lock."""

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from orchestration.lib.errors import UserError
from orchestration.lib.lock import DBT_NAME, lock_holder, run_lock
from orchestration.lib.postgres import Connection
from orchestration.lib.settings import PROJECT_DIR

HOLD = """
import sys, time
from orchestration.lib.lock import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_second_run_is_told_who_holds_the_lock(database: Connection):
    with run_lock(database.dsn), pytest.raises(UserError) as refusal, run_lock(database.dsn):
        pass
    assert f"pid {os.getpid()}" in str(refusal.value)
    assert "since 20" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_lock_is_free_again_after_a_run(database: Connection):
    with run_lock(database.dsn):
        pass
    with run_lock(database.dsn) as connection:
        assert lock_holder(connection) is not None
    with psycopg.connect(database.dsn) as connection:
        assert _is_free_soon(connection)


def test_a_killed_run_leaves_no_lock_behind(database: Connection):
    run = subprocess.Popen(
        [sys.executable, "-c", HOLD, database.dsn],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "held\n"
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            holder = lock_holder(connection)
            assert holder is not None
            assert f"pid {run.pid}" in holder.name
            run.send_signal(signal.SIGKILL)
            assert _is_free_soon(connection)
        with run_lock(database.dsn):
            pass
    finally:
        run.kill()
        run.wait()


def test_a_run_ends_what_a_killed_run_left_at_work(database: Connection):
    with psycopg.connect(database.dsn, application_name=DBT_NAME, autocommit=True) as orphan:
        orphan.execute("select 1")
        with run_lock(database.dsn), pytest.raises(psycopg.OperationalError):
            orphan.execute("select pg_sleep(10)")


def test_locks_of_two_databases_are_apart(postgres, database: Connection):
    with run_lock(database.dsn), psycopg.connect(postgres.connection().dsn) as elsewhere:
        assert lock_holder(elsewhere) is None


def _is_free_soon(connection: psycopg.Connection) -> bool:
    """Wait until the server has noticed that the holder is gone."""
    for _ in range(200):
        if lock_holder(connection) is None:
            return True
        connection.rollback()
        time.sleep(0.05)
    return False
