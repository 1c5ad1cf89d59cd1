"""The server runs as root and as an ordinary user, on every installation that is at hand."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.postgres.binaries import Binaries, _system_folders, find_binaries
from orchestration.lib.postgres.launcher import NOBODY
from orchestration.lib.postgres.liveness import postmaster_pid

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has other users to offer")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="ratings-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@only_root
@pytest.mark.parametrize(("way", "owner"), [("unshare", 0), ("setpriv", NOBODY)])
def test_root_starts_a_server_that_is_not_root(tmp_path: Path, way: str, owner: int) -> None:
    server = EmbeddedPostgres(tmp_path / "home", root_launchers=(way,))
    try:
        dsn = server.ensure_running().dsn
        with psycopg.connect(dsn, autocommit=True) as link:
            link.execute("create table kept as select 7 as number")
        assert (server.data / "PG_VERSION").stat().st_uid == owner
        assert postmaster_pid(server.data) is not None
    finally:
        server.stop()
    # The other way takes over what this one left, as in a container that forbids namespaces.
    other = "setpriv" if way == "unshare" else "unshare"
    server = EmbeddedPostgres(tmp_path / "home", root_launchers=(other,))
    try:
        with psycopg.connect(server.ensure_running().dsn) as link:
            assert link.execute("select number from kept").fetchone() == (7,)
    finally:
        server.stop()


@only_root
def test_an_ordinary_user_starts_and_stops_a_server(open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    assert _as_nobody(home, _reachable(find_binaries(), open_folder)) == "ratings_owner"
    assert (home / "pgdata").stat().st_uid == NOBODY
    # And root, entering the same folder with sudo, leaves it the user's.
    server = EmbeddedPostgres(home, _reachable(find_binaries(), open_folder))
    try:
        with psycopg.connect(server.ensure_running().dsn) as link:
            assert link.execute("select current_user::text").fetchone() == ("ratings_owner",)
    finally:
        server.stop()
    assert {path.stat().st_uid for path in [home, *home.iterdir()]} == {NOBODY}


@only_root
def test_a_folder_of_another_user_is_one_sentence(open_folder: Path) -> None:
    home = open_folder / "closed"
    home.mkdir(mode=0o700)
    said = _as_nobody(home, _reachable(find_binaries(), open_folder))
    assert said.startswith("UserError")
    assert "RATINGS_HOME" in said


@pytest.mark.skipif(
    not any(_system_folders()), reason="no PostgreSQL of the system is installed here"
)
def test_a_system_postgresql_serves_where_the_wheel_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.lib.postgres.binaries.find_spec", lambda _: None)
    server = EmbeddedPostgres(tmp_path / "home")
    try:
        with psycopg.connect(server.ensure_running().dsn) as link:
            major = link.info.server_version // 10_000
            assert link.execute("select lower('Ä')").fetchone() == ("ä",)
    finally:
        server.stop()
    assert major == find_binaries().major
    monkeypatch.undo()
    # Data of the older version goes on with the older programs, though newer are there now.
    again = EmbeddedPostgres(tmp_path / "home")
    try:
        with psycopg.connect(again.ensure_running().dsn) as link:
            assert link.info.server_version // 10_000 == major
    finally:
        again.stop()


def _reachable(binaries: Binaries, folder: Path) -> Binaries:
    """The same programs where the user can run them, should the checkout lie in root's home."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.folder.parents):
        return binaries
    copy = folder / "programs"
    if not copy.exists():
        shutil.copytree(binaries.folder.parent, copy, symlinks=True)
    return Binaries(copy / "bin", binaries.major)


def _as_nobody(home: Path, binaries: Binaries) -> str:
    # A fork, because the interpreter and its libraries may lie where that user cannot read.
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_start_and_stop, args=(sender, home, binaries))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    return str(receiver.recv())


def _start_and_stop(sender: Pipe, home: Path, binaries: Binaries) -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    os.environ["HOME"] = str(home)
    server = EmbeddedPostgres(home, binaries)
    try:
        with psycopg.connect(server.ensure_running().dsn) as link:
            row = link.execute("select current_user::text").fetchone()
        server.stop()
        sender.send(row[0] if row else "")
    except Exception as error:
        sender.send(f"{type(error).__name__}: {error}")
