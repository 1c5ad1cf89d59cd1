"""Which instant a run stands for, and whether it looks back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

LOOK_BACK_SUFFIX = "_asof"
TRIED_SUFFIX = "_preview"


@dataclass(frozen=True)
class RunScope:
    """What a run stands for.

    Attributes
    ----------
    asked : datetime or None
        ``AS_OF`` as given; None means the newest instant known.
    published : datetime or None
        The instant of the published figures, if there are any.
    tries : bool
        Whether the run tries another policy, at the published instant and beside what is published.
    """

    asked: datetime | None = None
    published: datetime | None = None
    tries: bool = False

    @property
    def looks_back(self) -> bool:
        """Whether the run stands before the published figures, and so publishes nothing."""
        return self.asked is not None and self.published is not None and self.asked < self.published

    @property
    def publishes_nothing(self) -> bool:
        """Whether the run builds into schemas of its own."""
        return self.tries or self.looks_back

    @property
    def suffix(self) -> str:
        """Ending of every schema that this run builds."""
        if self.tries:
            return TRIED_SUFFIX
        return LOOK_BACK_SUFFIX if self.looks_back else ""

    @property
    def dbt_target(self) -> str:
        """The output of ``profiles.yml`` to build into."""
        return self.suffix.removeprefix("_") or "main"


def decide_scope(
    database: psycopg.Connection, asked: datetime | None, *, tries: bool = False
) -> RunScope:
    """Compare ``AS_OF`` with what is published; a policy is tried at the published instant."""
    row = database.execute("select max(as_of) from run.publications").fetchone()
    published = row[0] if row else None
    return RunScope(asked=published if tries else asked, published=published, tries=tries)


def set_clock(database: psycopg.Connection, scope: RunScope) -> datetime:
    """Set the one row of ``run.clock`` that every model reads, and return it.

    Without ``AS_OF`` it is the newest instant known, but never before the published figures:
    a plain run after one with a later ``AS_OF`` does not turn the clock back.
    """
    row = database.execute(
        f"""update run{scope.suffix}.clock
            set as_of = coalesce(
                %(asked)s::timestamptz,
                greatest((select max(known_at) from run.loads), %(published)s::timestamptz),
                'epoch'
            )
            returning as_of""",
        {"asked": scope.asked, "published": scope.published},
    ).fetchone()
    if row is None:
        raise RuntimeError(f"run{scope.suffix}.clock has no row")
    # Every model joins it: a planner that takes it for thousands of rows plans for billions.
    database.execute(f"analyze run{scope.suffix}.clock")
    return row[0]


def read_clock(database: psycopg.Connection, suffix: str = "") -> datetime:
    """Return the instant that the figures of these schemas stand for."""
    row = database.execute(f"select as_of from run{suffix}.clock").fetchone()
    if row is None:
        raise RuntimeError(f"run{suffix}.clock has no row")
    return row[0]
