"""Build the weekly evaluations of another policy, where it changes what the weeks themselves say.

Twice, in schemas suffixed ``_preview``: with today's policy and with the other one. Both tell the
last year in hindsight, so that what differs between them is the policy alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from orchestration.lib.clock import TRIED_SUFFIX
from orchestration.lib.errors import UserError
from orchestration.lib.fitted_tables import CONTRACTS
from orchestration.lib.prepare import prepare_warehouse
from orchestration.lib.preview.policy_file import PreviewPolicy
from orchestration.lib.progress import stage
from orchestration.lib.settings import PROJECT_DIR, TRIED_VARIABLE, Settings

JOB = "trying"
TRIED_SCHEMA = f"policy{TRIED_SUFFIX}"
# Today's policy, built the same way, is put aside here while the other one is built.
TODAY_SCHEMA = f"policy{TRIED_SUFFIX}_today"
HISTORY = "fct_standing_history"


def rebuild(dsn: str, settings: Settings, policy: PreviewPolicy) -> None:
    """Build the evaluations of today's policy and of the other one.

    Parameters
    ----------
    dsn : str
        The warehouse.
    settings : Settings
        Of this command.
    policy : PreviewPolicy
        What is tried.

    Raises
    ------
    UserError
        When a build fails, or the line of the other policy is not accepted.
    """
    prepare_warehouse(settings, suffix=TRIED_SUFFIX)
    with psycopg.connect(dsn, application_name="ratings preview") as connection:
        _take_over_fits(connection)
    with stage("today's policy, built") as shown:
        _run({"preview_thresholds": {}})
        with psycopg.connect(dsn, application_name="ratings preview") as connection:
            _put_aside(connection)
            shown.say(_line(connection))
    with stage("the other, built") as shown:
        _run(_tried_vars(policy))
        with psycopg.connect(dsn, application_name="ratings preview") as connection:
            shown.say(_line(connection))


def _tried_vars(policy: PreviewPolicy) -> dict[str, Any]:
    tried: dict[str, Any] = {
        "preview_thresholds": dict(policy.thresholds),
        "preview_weights": dict(policy.weights),
    }
    if policy.lookback_sessions is not None:
        tried["lookback_sessions"] = policy.lookback_sessions
    return tried


def _take_over_fits(connection: psycopg.Connection) -> None:
    """Begin with the fits in force, whatever an earlier preview has left behind."""
    for table in ("fit_registry", *CONTRACTS):
        ours = sql.Identifier(f"fitted{TRIED_SUFFIX}", table)
        columns = connection.execute(
            "select column_name from information_schema.columns"
            " where table_schema = 'fitted' and table_name = %s and is_generated = 'NEVER'",
            (table,),
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns)
        connection.execute(sql.SQL("delete from {}").format(ours))
        connection.execute(
            sql.SQL("insert into {} ({}) select {} from {}").format(
                ours, names, names, sql.Identifier("fitted", table)
            )
        )


def _run(tried: Mapping[str, Any]) -> None:
    # A process of its own: Dagster's definitions are made once in a process, from one set of vars.
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.lib.preview.rebuild"],
        cwd=PROJECT_DIR,
        env={**os.environ, TRIED_VARIABLE: json.dumps(tried), "RAW": "", "AS_OF": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sentences = done.stdout.strip().splitlines()
        raise UserError(sentences[-1] if sentences else "The build failed; the log says why")


def _put_aside(connection: psycopg.Connection) -> None:
    aside = sql.Identifier(TODAY_SCHEMA, HISTORY)
    schema = sql.Identifier(TODAY_SCHEMA)
    connection.execute(sql.SQL("create schema if not exists {}").format(schema))
    connection.execute(sql.SQL("drop table if exists {}").format(aside))
    connection.execute(
        sql.SQL("create table {} as table {}").format(aside, sql.Identifier(TRIED_SCHEMA, HISTORY))
    )


def _line(connection: psycopg.Connection) -> str:
    """Say where the line is, and refuse to go on with one that is not this policy's."""
    row = connection.execute(
        f"""select is_accepted, reason from fitted{TRIED_SUFFIX}.fit_registry
        where model = 'churn_line'
            and trained_through = (select as_of from run{TRIED_SUFFIX}.clock)
        order by fitted_at desc limit 1"""
    ).fetchone()
    if row is not None and not row[0]:
        raise UserError(f"There is no line that could be used with this policy: {row[1]}")
    found = connection.execute(
        sql.SQL("select count(*), max(line), count(distinct line) from {}").format(
            sql.Identifier(TRIED_SCHEMA, HISTORY)
        )
    ).fetchone()
    n, line, n_lines = found or (0, None, 0)
    where = f"the line at {line}" if n_lines else "no line"
    return f"{n:,} evaluations, {where}"


def main() -> int:
    """Run the job that builds a policy that is tried; its sentences go to standard output."""
    from orchestration.lib.run import materialize_everything

    problems = materialize_everything(Settings.from_environment().home, JOB)
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
