"""As whom the server's programs run: PostgreSQL refuses to be root."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.postgres.binaries import Binaries
from orchestration.lib.postgres.files import give_to, last_words

NOBODY = 65534
_START_SECONDS = 120  # crash recovery after a kill in the middle of a large load takes its time
_LARGE_LOG = 20_000_000


@dataclass(frozen=True)
class Launcher:
    """How the programs are started so that they do not see themselves as root.

    Attributes
    ----------
    prefix : tuple of str
        Words before the program; empty for an ordinary user.
    owner : int
        The user id the data directory must belong to on disk.
    """

    prefix: tuple[str, ...]
    owner: int

    def run(
        self, command: list[str], *, inherit: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end without the caller's ``PG*`` variables; these must not redirect us."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return subprocess.run(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            pass_fds=inherit,
            env=environment | {"LC_ALL": "C"},
        )


def choose_launcher(binaries: Binaries, home: Path, order: tuple[str, ...] = ()) -> Launcher:
    """Pick the way that works on this machine, by trying it.

    Parameters
    ----------
    binaries : Binaries
        The programs that must be able to run.
    home : Path
        The existing folder the server must be able to write into.
    order : tuple of str, optional
        Which of ``unshare`` and ``setpriv`` to try when we are root; both by default.

    Raises
    ------
    UserError
        When we are root and neither way works.
    """
    if os.geteuid() != 0:
        return Launcher((), os.geteuid())
    folder = home.stat()
    if folder.st_uid != 0:
        # A user's own folder, entered with sudo: the server stays theirs.
        ways = [("setpriv", _as_user(folder.st_uid, folder.st_gid))]
    else:
        ways = [(name, _ROOT_LAUNCHERS[name]) for name in order or ("unshare", "setpriv")]
    for name, launcher in ways:
        if shutil.which(name) and _can_work(launcher, binaries, home):
            return launcher
    raise UserError(
        "PostgreSQL refuses to run as root, and neither unshare nor setpriv can lend it another "
        f"user for {home}; run as an ordinary user, or set RATINGS_DSN"
    )


def _as_user(uid: int, gid: int, *options: str) -> Launcher:
    become = (f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs")
    return Launcher(("setpriv", *become, *options, "--"), uid)


# In its own user namespace the server is root's files' owner without being called root: no path
# needs opening up. Where namespaces are forbidden (most containers), setpriv makes it a real
# nobody that keeps one capability, to pass through root's own folders.
_ROOT_LAUNCHERS = {
    "unshare": Launcher(
        ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"), 0
    ),
    "setpriv": _as_user(
        NOBODY,
        NOBODY,
        "--bounding-set=-all,+dac_override",
        "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
    ),
}


def _can_work(launcher: Launcher, binaries: Binaries, home: Path) -> bool:
    probe = home / "launch.probe"
    script = '"$1" --version && : > "$2"'
    try:
        tried = launcher.run(["sh", "-c", script, "sh", binaries.path("postgres"), str(probe)])
        return tried.returncode == 0
    finally:
        probe.unlink(missing_ok=True)


def start_server(
    binaries: Binaries, launcher: Launcher, data: Path, log: Path, inherit: tuple[int, ...]
) -> None:
    """Start the server in a session of its own, and return when it takes connections.

    Parameters
    ----------
    binaries, launcher
        What to start, and as whom.
    data, log : Path
        Its data directory, and the file it writes its messages to.
    inherit : tuple of int
        Descriptors that every server process keeps open.

    Raises
    ------
    UserError
        When it does not come up, with the reason it wrote and the path of its log.
    """
    if log.exists() and log.stat().st_size > _LARGE_LOG:
        log.replace(log.with_suffix(".log.1"))
    if log.exists():
        give_to(log, launcher.owner)
    length = log.stat().st_size if log.exists() else 0
    command = [binaries.path("pg_ctl"), "start", "-w", "-s"]
    command += ["-t", str(_START_SECONDS), "-D", str(data), "-l", str(log)]
    started = launcher.run(command, inherit=inherit)
    if started.returncode != 0:
        written = log.read_bytes()[length:] if log.exists() else b""
        reason = last_words(written.decode(errors="replace") or started.stdout)
        raise UserError(f"PostgreSQL did not start: {reason} (log: {log})")
