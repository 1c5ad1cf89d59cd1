from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.errors import UserError
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.postgres.liveness import AliveLock
from orchestration.lib.settings import PROJECT_DIR

START = """
import sys
from pathlib import Path
from orchestration.lib.postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).ensure_running().port)
"""


def ask(server: EmbeddedPostgres, question: str) -> object:
    with psycopg.connect(server.connection().dsn) as link:
        row = link.execute(question).fetchone()
        return row[0] if row else None


def start_elsewhere(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, str(home)],
        cwd=PROJECT_DIR,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_owner_owns_the_database_and_is_no_superuser(postgres: EmbeddedPostgres) -> None:
    question = "select rolsuper::text || rolcreaterole from pg_roles where rolname = current_user"
    assert ask(postgres, question) == "falsetrue"
    owner = "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"
    assert ask(postgres, owner) == "ratings_owner"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
    ],
)
def test_settings(postgres: EmbeddedPostgres, setting: str, value: str) -> None:
    assert ask(postgres, f"select current_setting('{setting}')") == value


def test_letters_follow_unicode_and_order_follows_bytes(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres, "select lower('ÄÖ') || ('a' > 'B')::text") == "äötrue"


def test_no_other_user_can_read_the_secrets(postgres: EmbeddedPostgres) -> None:
    assert postgres.home.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o077 for path in postgres.home.iterdir()}
    assert {"connection.conf", "superuser.password", "pgdata"} <= modes.keys()
    assert set(modes.values()) == {0}
    password = postgres.superuser().password
    assert password not in postgres.log.read_text()


def test_a_wrong_password_does_not_get_in(postgres: EmbeddedPostgres) -> None:
    wrong = postgres.connection().dsn.replace(postgres.connection().password, "guess")
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(wrong)


def test_a_restart_keeps_port_password_and_rows(server: EmbeddedPostgres) -> None:
    first = server.ensure_running()
    with psycopg.connect(first.dsn) as link:
        link.execute("create table kept as select 7 as number")
    server.stop()
    assert not server.is_running()
    assert server.ensure_running() == first
    assert ask(server, "select number from kept") == 7


def test_another_port_is_taken_when_somebody_holds_ours(server: EmbeddedPostgres) -> None:
    port = server.ensure_running().port
    server.stop()
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        holder.listen()
        assert not server.is_running()
        assert server.ensure_running().port != port
        assert server.is_running()


def test_two_starts_at_once_end_in_one_server(server: EmbeddedPostgres) -> None:
    starters = [start_elsewhere(server.home) for _ in range(2)]
    ports = {starter.communicate()[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0]
    assert ports == {str(server.connection().port)}
    assert server.log.read_text().count("ready to accept connections") == 1


def test_the_server_outlives_whoever_started_it(server: EmbeddedPostgres) -> None:
    starter = start_elsewhere(server.home)
    assert starter.stdout is not None
    assert starter.stdout.readline().strip().isdigit()
    # The whole group, as a terminal that closes would.
    os.killpg(starter.pid, signal.SIGKILL)
    starter.communicate()
    assert server.is_running()
    # Every server process has it, whichever process started them; none is left after the end.
    alive = AliveLock(server.home / "postgres.alive")
    assert alive.is_held()
    server.stop()
    assert not alive.is_held()


def test_a_copy_of_the_home_is_a_server_of_its_own(server: EmbeddedPostgres) -> None:
    server.ensure_running()
    server.stop()
    copy = EmbeddedPostgres(server.home.with_name("copy"))
    shutil.copytree(server.home, copy.home, symlinks=True)
    shutil.rmtree(copy.data)
    # As root with setpriv the files keep an owner that copytree does not know.
    shutil.copytree(server.data, copy.data)
    server.ensure_running()
    try:
        assert not copy.is_running()
        assert copy.ensure_running().port != server.connection().port
    finally:
        copy.stop()
    assert server.is_running()


def test_a_start_that_fails_says_why_and_where(server: EmbeddedPostgres) -> None:
    server.ensure_running()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = 'plenty'\n")
    with pytest.raises(UserError, match=r"configuration file .* contains errors") as caught:
        server.ensure_running()
    assert str(server.log) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_data_of_a_version_that_is_not_installed(server: EmbeddedPostgres) -> None:
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(UserError, match="made by PostgreSQL 14"):
        server.ensure_running()


def test_a_folder_that_is_no_cluster_is_left_alone(server: EmbeddedPostgres) -> None:
    server.data.mkdir(parents=True)
    (server.data / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="no PostgreSQL data directory"):
        server.ensure_running()
    assert (server.data / "notes.txt").read_text() == "mine"


def test_stopping_what_never_ran_is_no_error(server: EmbeddedPostgres) -> None:
    server.stop()
    assert not server.is_running()
    assert not server.home.exists()
