"""What `make preview POLICY=file` does, from the file to the table of who flips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
from rich.console import Console

from orchestration.lib.dbt_project import dbt_vars
from orchestration.lib.errors import UserError
from orchestration.lib.lock import run_lock
from orchestration.lib.prepare import candidate_form, prepare_warehouse
from orchestration.lib.preview.policy_file import PreviewPolicy, read_policy
from orchestration.lib.preview.rebuild import TODAY_SCHEMA, TRIED_SCHEMA, rebuild
from orchestration.lib.preview.replay import (
    Replay,
    newest_publication,
    replay,
    require_published,
    require_same_as_published,
    told_in_hindsight,
)
from orchestration.lib.preview.report import print_report, write_table
from orchestration.lib.progress import stage
from orchestration.lib.settings import Settings

REBUILD = (
    "This policy changes the scores or the line, so both policies are built, each in about the time"
    " of a run, in schemas that end in _preview; nothing published is touched."
)


def checked_policy(path: str) -> PreviewPolicy:
    """Read the policy that is to be tried, before anything starts.

    Raises
    ------
    UserError
        With what is wrong in the file and how to mend it.
    """
    numbers = dbt_vars()
    return read_policy(
        path,
        candidate_form(),
        longest_lookback=numbers["longest_lookback"],
        shortest_lookback=numbers["min_rated_sessions"],
    )


def preview(settings: Settings, policy: PreviewPolicy, console: Console) -> Path:
    """Replay the last year under today's policy and the other one; return where the table is.

    Raises
    ------
    UserError
        When nothing is published, another run is at work, or today's policy, replayed, does not
        come to what was published.
    """
    dsn = prepare_warehouse(settings).dsn
    today, tried = Replay("today"), Replay("previewed", thresholds=policy.thresholds)
    with run_lock(dsn) as database:
        require_published(database)
        with stage("replay") as shown:
            replay([today] if policy.needs_rebuild else [today, tried])
            n = require_same_as_published(database)
            shown.say(f"today's policy replayed: {n:,} of {n:,} evaluations as published")
        if not policy.needs_rebuild:
            return _told(database, settings, policy, console)
        published = newest_publication(database)
    console.print(REBUILD, markup=False)
    rebuild(dsn, settings, policy)
    with run_lock(dsn) as database:
        if newest_publication(database) != published:
            raise UserError("Another run has published meanwhile; run the preview again")
        replay([replace(today, history=TODAY_SCHEMA), replace(tried, history=TRIED_SCHEMA)])
        console.print(f"  {told_in_hindsight(database)}", markup=False)
        return _told(database, settings, policy, console)


def _told(
    database: psycopg.Connection, settings: Settings, policy: PreviewPolicy, console: Console
) -> Path:
    table = settings.home / "previews" / f"{policy.name}.csv"
    n = write_table(database, table)
    print_report(console, database, policy)
    console.print(f"\nIn full, {n:,} interviewers: {table}", markup=False)
    return table
