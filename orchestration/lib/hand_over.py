"""Where this run's raw data comes from: the folder named by RAW, or a simulated platform."""

from __future__ import annotations

from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.settings import Settings
from orchestration.lib.simulated import own_sources, simulated_platform
from orchestration.lib.warehouse import Warehouse


def check_hand_over(settings: Settings) -> None:
    """Refuse a hand-over that cannot be read, before anything has started.

    Raises
    ------
    UserError
        When ``RAW`` is a DSN, which is not read yet, or no readable folder.
    """
    if settings.raw is None:
        return
    if settings.raw.startswith(("postgres://", "postgresql://")):
        raise UserError(
            "RAW names a database, which the loader cannot read yet; "
            "hand the tables over as files in a folder"
        )
    folder = _folder(settings.raw)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise UserError(
            f"RAW={settings.raw}: {(error.strerror or 'cannot be read').lower()}; "
            "name a readable folder that holds the hand-over's files"
        ) from None


def hand_over_folder(settings: Settings, warehouse: Warehouse) -> Path | None:
    """Return the folder to load; None where the warehouse already holds people's own data.

    Without ``RAW`` a simulated platform is made, but never poured into a warehouse that holds
    another: there the run scores anew what has been handed over.
    """
    if settings.raw is not None:
        return _folder(settings.raw)
    with warehouse.connect() as connection:
        if own_sources(connection):
            return None
    return simulated_platform(settings.home)


def _folder(raw: str) -> Path:
    return Path(raw).expanduser().resolve()
