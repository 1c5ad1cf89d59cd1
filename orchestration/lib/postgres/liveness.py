"""Which server processes live, and how they are told to end."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.lib.postgres.files import open_private

_HAS_PROC = Path("/proc/self/cwd").exists()


class AliveLock:
    """A file lock that every server process inherits: held means that one of them lives.

    It cannot lie as a process id can: the kernel drops it with the last process, a reused id
    does not have it, and it is seen from another container as well.
    """

    def __init__(self, path: Path):
        self._path = path

    def is_held(self) -> bool:
        """Whether some process of the server still lives."""
        # Shared, so that two callers who only look do not take each other for a server.
        descriptor = self._try(fcntl.LOCK_SH)
        if descriptor is None:
            return True
        os.close(descriptor)
        return False

    @contextmanager
    def taken(self) -> Iterator[tuple[int, ...]]:
        """Take the lock and give the descriptor to inherit; a server started meanwhile keeps it."""
        descriptor = self._try(fcntl.LOCK_EX)
        for _ in range(100):
            if descriptor is not None:
                break
            # Somebody is just looking, which takes them a moment.
            time.sleep(0.01)
            descriptor = self._try(fcntl.LOCK_EX)
        try:
            yield () if descriptor is None else (descriptor,)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _try(self, kind: int) -> int | None:
        descriptor = open_private(self._path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor


def postmaster_pid(data: Path) -> int | None:
    """The living postmaster of this data directory, or None: a stale or reused id is no answer."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    # Where we may not see its folder (root in a container, the server as nobody), its name decides.
    return pid if _is_postgres(pid) and _works_in(pid, data, unknown=True) else None


def server_processes(data: Path) -> list[int]:
    """Every process of the server on this data directory, known by the folder it works in.

    Only where the system has ``/proc``; elsewhere none are found.
    """
    entries = Path("/proc").iterdir() if _HAS_PROC else iter(())
    pids = [int(entry.name) for entry in entries if entry.name.isdigit()]
    # The name is asked too: a shell whose user went into the folder is no server.
    return [pid for pid in pids if _works_in(pid, data, unknown=False) and _is_postgres(pid)]


def _works_in(pid: int, data: Path, *, unknown: bool) -> bool:
    if not _HAS_PROC:
        return unknown
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except PermissionError:
        return unknown
    except OSError:
        return False


def _is_postgres(pid: int) -> bool:
    if not _HAS_PROC:
        command = ["ps", "-o", "comm=", "-p", str(pid)]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        return "postgres" in asked.stdout
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


def send(pids: list[int], number: signal.Signals) -> None:
    """Signal processes, some of which may be gone by now."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
