"""One embedded PostgreSQL in one folder: start it, find it again, stop it."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from orchestration.lib.environment import CONNECTION_FILE
from orchestration.lib.errors import UserError
from orchestration.lib.postgres import bootstrap, memory
from orchestration.lib.postgres.binaries import Binaries, find_binaries
from orchestration.lib.postgres.connection import Connection
from orchestration.lib.postgres.files import give_to, open_private, write_private
from orchestration.lib.postgres.launcher import choose_launcher, start_server
from orchestration.lib.postgres.liveness import (
    AliveLock,
    postmaster_pid,
    send,
    server_processes,
)

_ANSWER_SECONDS = 60
_ORPHAN_PATIENCE = 3
_PORT_ATTEMPTS = 3
_STOP_SECONDS = 60


class EmbeddedPostgres:
    """The warehouse's own server, living in one folder.

    Parameters
    ----------
    home : Path
        The folder (``RATINGS_HOME``); made when absent, closed to other users.
    binaries : Binaries, optional
        The installation to use; found by itself when left out.
    root_launchers : tuple of str, optional
        When root: which of ``unshare`` and ``setpriv`` to try, in this order.
    """

    def __init__(
        self,
        home: Path,
        binaries: Binaries | None = None,
        root_launchers: tuple[str, ...] = (),
    ):
        self.home = home.expanduser().absolute()
        self.data = self.home / "pgdata"
        self.log = self.home / "postgres.log"
        self._binaries = binaries
        self._root_launchers = root_launchers
        self._alive = AliveLock(self.home / "postgres.alive")
        self._connection_file = self.home / CONNECTION_FILE
        self._superuser_file = self.home / "superuser.password"

    def ensure_running(self) -> Connection:
        """Start the server unless it runs already; make it first where there is none.

        Returns
        -------
        Connection
            The owner's, in the warehouse's database.

        Raises
        ------
        UserError
            When it cannot start; the message ends with the log's last line and path.
        """
        self._prepare_home()
        with self._start_lock():
            if not self.is_running():
                self._start()
        return self.connection()

    def is_running(self) -> bool:
        """Whether this folder's server answers our password; a process id alone proves nothing."""
        if not self.home.exists():
            return False
        self._check_access()
        if not self._connection_file.exists() or not self._lives():
            return False
        try:
            with psycopg.connect(self.connection().dsn, connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        """End the server: sessions are cut, everything committed is on disk."""
        if not self.home.exists():
            return
        self._check_access()
        with self._start_lock():
            for number, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 10)):
                pid = postmaster_pid(self.data)
                send([pid] if pid else server_processes(self.data), number)
                if self._wait_until_gone(seconds):
                    return
        raise UserError(f"the server in {self.data} does not end; see {self.log}")

    def connection(self) -> Connection:
        """The owner's connection as remembered; the server need not run."""
        if self.home.exists():
            self._check_access()
        known = self._remembered()
        if known is None:
            raise UserError(f"{self._connection_file} is missing; run `make stop`, then `make run`")
        return known

    def _remembered(self) -> Connection | None:
        try:
            return Connection.from_dsn(self._connection_file.read_text(encoding="utf-8"))
        except (OSError, UserError):
            return None

    def superuser(self, dbname: str = "postgres") -> Connection:
        """The cluster's superuser, for the runner and the tests; the warehouse never uses it."""
        try:
            password = self._superuser_file.read_text(encoding="utf-8").strip()
        except OSError:
            raise UserError(
                f"{self._superuser_file} is missing, so the server in {self.data} cannot be "
                "opened; put it back, or move the folder away and load again"
            ) from None
        return bootstrap.connection(self.connection().port, password, bootstrap.SUPERUSER, dbname)

    def _prepare_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.home.chmod(0o700)
        except OSError as error:
            raise self._no_access(error.strerror) from None

    def _check_access(self) -> None:
        if not os.access(self.home, os.R_OK | os.W_OK | os.X_OK):
            raise self._no_access("it belongs to another user")

    def _no_access(self, reason: str | None) -> UserError:
        return UserError(
            f"{self.home} cannot be used ({reason}); set RATINGS_HOME to a folder of your own"
        )

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        """One starter at a time: the second waits, then finds the first one's server."""
        path = self.home / "postgres.lock"
        descriptor = open_private(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _lives(self) -> bool:
        # The second half is for a server that somebody started by hand with pg_ctl.
        return self._alive.is_held() or postmaster_pid(self.data) is not None

    def _wait_until_gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._lives():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _start(self) -> None:
        if self._answers_after_all():
            return
        binaries = self._matching_binaries()
        launcher = choose_launcher(binaries, self.home, self._root_launchers)
        if not self.data.exists():
            password = bootstrap.new_secret()
            write_private(self._superuser_file, password)
            bootstrap.create_cluster(binaries, launcher, self.data, password)
        give_to(self.data, launcher.owner)
        # No process of ours lives: an id that stayed behind may be anybody's by now, and
        # PostgreSQL would believe it.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for attempt in range(_PORT_ATTEMPTS):
            port = self._configure()
            try:
                with self._alive.taken() as descriptors:
                    start_server(binaries, launcher, self.data, self.log, descriptors)
                break
            except UserError:
                # Somebody may have taken the port between our look and the server's.
                if attempt == _PORT_ATTEMPTS - 1 or bootstrap.is_free(port):
                    raise
        if not self._owner_is_set_up():
            raise UserError(f"the server started but takes no connections (log: {self.log})")

    def _owner_is_set_up(self) -> bool:
        # On every start: one that was cut short after initdb is finished by the next.
        try:
            bootstrap.ensure_owner(self.superuser(), self.connection().password)
        except psycopg.OperationalError:
            return False
        return True

    def _answers_after_all(self) -> bool:
        """Give a server that recovers time to answer, and orphans of a killed one time to go."""
        began = time.monotonic()
        while self._lives():
            if self._owner_is_set_up():
                return True
            waited = time.monotonic() - began
            if waited > _ORPHAN_PATIENCE and postmaster_pid(self.data) is None:
                # Deep in a query they notice a dead postmaster late; nobody awaits their answer.
                send(server_processes(self.data), signal.SIGQUIT)
            if waited > _ANSWER_SECONDS:
                raise UserError(
                    f"a server on {self.data} lives but does not let us in; run `make stop` "
                    f"and retry (log: {self.log})"
                )
            time.sleep(0.05)
        return False

    def _matching_binaries(self) -> Binaries:
        version = self.data / "PG_VERSION"
        if not version.exists():
            if self.data.exists():
                raise UserError(f"{self.data} is no PostgreSQL data directory; move it away")
            return self._binaries or find_binaries()
        made_by = int(version.read_text().strip())
        if self._binaries and self._binaries.major == made_by:
            return self._binaries
        return find_binaries(made_by)

    def _configure(self) -> int:
        """Write port and settings for this start, and remember the connection."""
        known = self._remembered()
        port = bootstrap.choose_port(known.port if known else None)
        owner = bootstrap.connection(port, known.password if known else bootstrap.new_secret())
        write_private(self._connection_file, owner.as_lines())
        settings = memory.server_settings(memory.available_memory(), self.data)
        bootstrap.write_settings(self.data, settings, port)
        return port
