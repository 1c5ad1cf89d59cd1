"""What a run is told from outside: read once, at the edge, and passed on as a value."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.lib.errors import UserError

EARLIEST_YEAR = 1970
EXAMPLE = "2026-01-31T09:00:00Z"
PROJECT_DIR = Path(__file__).resolve().parents[2]
# The vars of the dbt project that `make preview` tries, for the runs that it starts itself.
TRIED_VARIABLE = "RATINGS_TRIED"


@dataclass(frozen=True)
class Settings:
    """The four variables of the README, checked.

    Attributes
    ----------
    home : Path
        Where the embedded warehouse and Dagster live (``RATINGS_HOME``).
    dsn : str or None
        The user's own PostgreSQL (``RATINGS_DSN``); None means the embedded one.
    raw : str or None
        Folder or DSN of the hand-over (``RAW``); None means a simulated platform.
    as_of : datetime or None
        The instant the figures stand for (``AS_OF``); None means the newest known.
    tried : mapping or None
        Vars of the dbt project that this run tries beside what is published; None in every other.
    """

    home: Path
    dsn: str | None = None
    raw: str | None = None
    as_of: datetime | None = None
    tried: Mapping[str, Any] | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from environment variables; empty ones count as absent.

        Raises
        ------
        UserError
            When ``AS_OF`` is not an ISO 8601 instant with an offset.
        """
        env = os.environ if environment is None else environment
        home = Path(env.get("RATINGS_HOME") or PROJECT_DIR / ".warehouse")
        return cls(
            home=_resolved(home),
            dsn=env.get("RATINGS_DSN") or None,
            raw=env.get("RAW") or None,
            as_of=parse_as_of(env["AS_OF"]) if env.get("AS_OF") else None,
            tried=json.loads(env[TRIED_VARIABLE]) if env.get(TRIED_VARIABLE) else None,
        )


def _resolved(home: Path) -> Path:
    try:
        return home.expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise UserError(f"RATINGS_HOME={home} leads nowhere ({error}); name a folder") from None


def parse_as_of(text: str) -> datetime:
    """Turn ``AS_OF`` into an instant.

    Raises
    ------
    UserError
        When the text is no instant, carries no offset (which is ambiguous), or lies in the future.
    """
    instant = parse_instant("AS_OF", text)
    # Published figures never go back, so a mistyped year would stay.
    if instant > datetime.now(UTC) + timedelta(days=1):
        raise UserError(
            f"AS_OF={text!r} lies in the future, of which nothing is known; "
            f"write it like AS_OF={EXAMPLE}"
        )
    return instant


def parse_instant(variable: str, text: str) -> datetime:
    """Turn the text of a variable into an instant.

    Raises
    ------
    UserError
        When the text is no instant, carries no offset (which is ambiguous), or lies before
        anything that was recorded; it names the variable.
    """
    mend = f"write it like {variable}={EXAMPLE}"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"{variable}={text!r} is not an instant; {mend}") from None
    if instant.tzinfo is None:
        raise UserError(f"{variable}={text!r} has no offset from UTC; {mend}")
    if instant.year < EARLIEST_YEAR:
        raise UserError(f"{variable}={text!r} lies before anything that was recorded; {mend}")
    return instant
