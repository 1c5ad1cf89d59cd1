"""Whatever ends abruptly: what was committed stays, and the next start finds its way."""

from __future__ import annotations

import os
import signal
import threading
import time

import psycopg
import pytest

from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.postgres.liveness import postmaster_pid, server_processes

LONG_WORK = (
    "select count(*) from generate_series(1, 100000) as many "
    "cross join generate_series(1, 100000) as times"
)


def ask(server: EmbeddedPostgres, question: str) -> object:
    with psycopg.connect(server.connection().dsn) as link:
        row = link.execute(question).fetchone()
        return row[0] if row else None


@pytest.mark.parametrize("victims", ["postmaster", "all"])
def test_committed_rows_survive_a_kill(server: EmbeddedPostgres, victims: str) -> None:
    dsn = server.ensure_running().dsn
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("create table kept (number bigint)")
        link.execute("insert into kept select generate_series(1, 5000)")
    # A backend deep in a computation sees only late that its postmaster died.
    busy = psycopg.connect(dsn)
    work = threading.Thread(target=_compute, args=(busy,), daemon=True)
    work.start()
    _wait_for_activity(dsn)
    pid = postmaster_pid(server.data)
    assert pid is not None
    for process in [pid] if victims == "postmaster" else server_processes(server.data):
        os.kill(process, signal.SIGKILL)
    assert server.ensure_running().dsn == dsn
    assert postmaster_pid(server.data) != pid
    assert ask(server, "select count(*) from kept") == 5000
    work.join()


def test_a_server_that_recovers_by_itself_is_waited_for(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.ensure_running().dsn) as link:
        pid, backend = postmaster_pid(server.data), link.info.backend_pid
        os.kill(backend, signal.SIGKILL)
        _wait_until_cut(link)
        # Until the server has noticed, it still answers, and goes into recovery after that.
        _wait_until_noticed(server)
        server.ensure_running()
    assert postmaster_pid(server.data) == pid
    assert server.is_running()


def _wait_until_cut(link: psycopg.Connection) -> None:
    with pytest.raises(psycopg.OperationalError):
        link.execute("select pg_sleep(30)")


def _wait_until_noticed(server: EmbeddedPostgres) -> None:
    deadline = time.monotonic() + 20
    while "terminating any other active server processes" not in server.log.read_text():
        assert time.monotonic() < deadline, "the server never noticed"
        time.sleep(0.02)


def _compute(link: psycopg.Connection) -> None:
    with pytest.raises(psycopg.OperationalError):
        link.execute(LONG_WORK)


def _wait_for_activity(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as link:
        question = (
            "select count(*) from pg_stat_activity "
            f"where state = 'active' and query = '{LONG_WORK}'"
        )
        deadline = time.monotonic() + 20
        while link.execute(question).fetchone() == (0,):
            assert time.monotonic() < deadline, "the computation never began"
            time.sleep(0.02)


def test_a_reused_process_id_is_not_believed(server: EmbeddedPostgres) -> None:
    server.ensure_running()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    assert not server.is_running()
    server.ensure_running()
    assert server.is_running()


def test_what_an_interrupted_first_start_left_is_finished(server: EmbeddedPostgres) -> None:
    (server.home / "pgdata.new").mkdir(parents=True)
    (server.home / "pgdata.new" / "PG_VERSION").write_text("18\n")
    server.ensure_running()
    with psycopg.connect(server.superuser().dsn, autocommit=True) as link:
        link.execute("drop database ratings")
        link.execute("drop role ratings_owner")
    assert not server.is_running()
    server.ensure_running()
    assert ask(server, "select current_user::text") == "ratings_owner"
