"""Where this run's raw data comes from: the folder named by RAW, or a simulated platform."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.progress import stage
from orchestration.lib.settings import Settings

SIMULATED_WORLD = "demo"
SIMULATED_SEED = 1


def hand_over_folder(settings: Settings) -> Path:
    """Return the folder to load; simulate a platform into it when none was named.

    Raises
    ------
    UserError
        When ``RAW`` is a DSN, which is not read yet.
    """
    if settings.raw is None:
        return simulated_platform(settings.home)
    if settings.raw.startswith(("postgres://", "postgresql://")):
        raise UserError(
            "RAW names a database, which the loader cannot read yet; "
            "hand the tables over as files in a folder"
        )
    return Path(settings.raw).expanduser().resolve()


def simulated_platform(home: Path) -> Path:
    """Return the folder of the simulated platform, made once and kept."""
    folder = home / "simulated" / f"{SIMULATED_WORLD}-{SIMULATED_SEED}"
    if folder.exists():
        return folder
    # Imported here: only the first run without RAW pays for it.
    from python_models.simulation import WORLDS, simulate, write_platform

    with stage("simulate") as shown:
        platform = simulate(WORLDS[SIMULATED_WORLD], seed=SIMULATED_SEED)
        half_done = folder.with_suffix(".partial")
        shutil.rmtree(half_done, ignore_errors=True)
        half_done.mkdir(parents=True)
        write_platform(platform, half_done)
        # Renamed when whole: a run killed half-way leaves nothing that looks finished.
        half_done.rename(folder)
        n_rows = sum(len(table) for table in platform.tables.values())
        shown.say(f"{n_rows:,} rows of a platform with known truth (world {SIMULATED_WORLD})")
    return folder
