"""Replay the weeks that are written, in a schema of the preview's own; dbt renders the rule."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from orchestration.lib.dbt_project import dbt_refusal
from orchestration.lib.errors import UserError
from orchestration.lib.preview import figures

MACRO = "preview_standings"
PUBLISHED = "policy"


@dataclass(frozen=True)
class Replay:
    """One policy to replay.

    Attributes
    ----------
    name : str
        ``today`` or ``previewed``.
    history : str
        Schema that holds the weekly evaluations to replay.
    thresholds : mapping of str to float
        Laid over the thresholds that held in each week.
    """

    name: str
    history: str = PUBLISHED
    thresholds: Mapping[str, float] = field(default_factory=dict)


def replay(policies: Sequence[Replay]) -> None:
    """Replay the newest weeks under each policy, into the schema ``preview``.

    Raises
    ------
    UserError
        When dbt or the database refuses: with their own sentence.
    """
    told = [
        {
            "name": policy.name,
            "history": policy.history,
            "thresholds": dict(policy.thresholds),
        }
        for policy in policies
    ]
    refusal = dbt_refusal("run-operation", MACRO, "--args", json.dumps({"policies": told}))
    if refusal is not None:
        raise UserError(f"The preview could not be made: {refusal}")


def require_published(connection: psycopg.Connection) -> None:
    """Refuse to preview what there is nothing of.

    Raises
    ------
    UserError
        When no weekly evaluation has been published.
    """
    found = connection.execute("select to_regclass('policy.fct_standing_history')").fetchone()
    if found is not None and found[0] is not None:
        row = connection.execute(
            "select exists (select from policy.fct_standing_history)"
        ).fetchone()
        if row is not None and row[0]:
            return
    raise UserError("No weekly evaluation is published yet; `make run` publishes the first ones")


def newest_publication(connection: psycopg.Connection) -> int:
    """Number of the newest publication."""
    row = connection.execute("select max(publication_id) from run.publications").fetchone()
    return row[0] if row else 0


def told_in_hindsight(connection: psycopg.Connection) -> str:
    """Say how far today's policy, told in hindsight, comes to what was published at the time."""
    row = figures.one(connection, figures.SAME_AS_PUBLISHED)
    return (
        f"today's policy told in hindsight, with the line read off anew: {row['n_same']:,} of"
        f" {row['n']:,} evaluations as published; the other policy is set against it"
    )


def require_same_as_published(connection: psycopg.Connection) -> int:
    """Check that today's policy, replayed, comes to what was published, and count evaluations.

    Raises
    ------
    UserError
        When one evaluation does not: then no difference could be laid to another policy.
    """
    row = figures.one(connection, figures.SAME_AS_PUBLISHED)
    if row["n_same"] != row["n"]:
        raise UserError(
            f"Today's policy replayed comes to what was published in {row['n_same']:,} of"
            f" {row['n']:,} evaluations only, the first other one of {row['first_other']}:"
            " something changed what already was, such as a row of seeds/policy_thresholds.csv"
            " whose valid_from lies before published weeks; let it hold from today on and run again"
        )
    return int(row["n"])
