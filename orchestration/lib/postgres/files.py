"""Small private files that are whole or absent, whoever looks and whenever we are killed."""

from __future__ import annotations

import os
from pathlib import Path


def open_private(path: Path, flags: int) -> int:
    """Open or create a file closed to other users; root leaves it to the folder's owner.

    Without that, one run with ``sudo`` would lock an ordinary user out of a folder of their own.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def write_private(path: Path, content: str) -> None:
    """Replace a file in one step, readable by its owner only."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(open_private(draft, os.O_WRONLY | os.O_EXCL), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def give_to(path: Path, owner: int) -> None:
    """Let a tree belong to one user, where root may still have to arrange that."""
    if os.geteuid() != 0 or path.stat().st_uid == owner:
        return
    for folder, names, files in os.walk(path):
        for name in [*names, *files]:
            os.chown(Path(folder, name), owner, -1, follow_symlinks=False)
    # The top last: it is what the question above looks at after an interruption.
    os.chown(path, owner, -1)


def last_words(text: str) -> str:
    """The line of a server's output that tells why it ended."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # How pg_ctl ends when the shell could not even open the log.
    lines = [line for line in lines if "could not start server" not in line] or lines
    lines = [line for line in lines if line != "Examine the log output."] or lines
    telling = [line for line in lines if any(w in line for w in ("FATAL:", "PANIC:", "error:"))]
    return (telling or lines or ["it wrote nothing"])[-1]
