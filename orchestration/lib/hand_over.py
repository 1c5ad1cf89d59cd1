"""Where this run's raw data comes from: what RAW names, or a simulated platform."""

from __future__ import annotations

from pathlib import Path

from orchestration.lib.errors import UserError
from orchestration.lib.loading import is_dsn, shown_name
from orchestration.lib.settings import Settings
from orchestration.lib.simulated import own_sources, simulated_platform
from orchestration.lib.warehouse import Warehouse


def check_hand_over(settings: Settings) -> None:
    """Refuse a hand-over that cannot be read, before anything has started.

    Raises
    ------
    UserError
        When ``RAW`` is no DSN that can be read, and no readable folder.
    """
    if settings.raw is None:
        return
    if is_dsn(settings.raw):
        shown_name(settings.raw)
        return
    folder = _folder(settings.raw)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise UserError(
            f"RAW={settings.raw}: {(error.strerror or 'cannot be read').lower()}; "
            "name a readable folder that holds the hand-over's files"
        ) from None


def find_hand_over(settings: Settings, warehouse: Warehouse) -> Path | str | None:
    """Return the folder or DSN to load; None where the warehouse holds people's own data already.

    A run that tries another policy takes nothing up.

    Without ``RAW`` a simulated platform is made, but never poured into a warehouse that holds
    another: there the run scores anew what has been handed over.
    """
    if settings.tried is not None:
        return None
    if settings.raw is not None:
        return settings.raw if is_dsn(settings.raw) else _folder(settings.raw)
    with warehouse.connect() as connection:
        if own_sources(connection):
            return None
    return simulated_platform(settings.home)


def _folder(raw: str) -> Path:
    return Path(raw).expanduser().resolve()
