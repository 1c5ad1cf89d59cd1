"""The bridge's own SQL on worlds whose change of experience is known for what it is (A7)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import psycopg
import pytest
from bridge_worlds import Change, draw_sessions, plain_within, tables

from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.settings import PROJECT_DIR

MODELS = {
    "compared.int_interviewers_compared": "compared/int_interviewers_compared.sql",
    "compared.int_leaving_compared": "compared/int_leaving_compared.sql",
    "compared.int_experience_change_decomposed": "compared/int_experience_change_decomposed.sql",
    "reports.rpt_experience_bridge": "reports/experience/rpt_experience_bridge.sql",
}
TYPES = {
    "object": "text",
    "str": "text",
    "bool": "boolean",
    "int64": "integer",
    "float64": "numeric",
}
# Noise of one seed's part is about 2 % of the rise; six seeds more than halve it.
MANY_SEEDS, FEW_SEEDS = 6, 3
RISE = 0.15
Bridge = Callable[[Change, int], pd.DataFrame]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bridge(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bridge]:
    """What the bridge says of a change: one row per seed, one column per part and interval end."""
    name = "experience_bridge"
    superuser = postgres.superuser().dsn
    with psycopg.connect(superuser, autocommit=True) as link:
        link.execute(f"create database {name} owner {postgres.connection().user}")
    dsn = replace(postgres.connection(), dbname=name).dsn
    compiled = _compiled(dsn, tmp_path_factory.mktemp("compiled"))

    @cache
    def figures(change: Change, n_seeds: int) -> pd.DataFrame:
        return pd.DataFrame([_figures(dsn, compiled, change, seed) for seed in range(n_seeds)])

    yield figures
    with psycopg.connect(superuser, autocommit=True) as link:
        link.execute(f"drop database {name} with (force)")


def _compiled(dsn: str, target: Path) -> dict[str, str]:
    dbt = Path(sys.executable).parent / "dbt"
    command = [dbt, "--quiet", "compile", "--target-path", target, "--select"]
    # Another test may have left the connection of its own warehouse behind.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RATINGS_", "DBT_"))}
    subprocess.run(
        [*command, *(name.partition(".")[2] for name in MODELS)],
        cwd=PROJECT_DIR,
        env={**inherited, "RATINGS_DSN": dsn},
        check=True,
        capture_output=True,
        timeout=300,
    )
    root = target / "compiled" / "interviewer_ratings" / "models"
    return {name: (root / path).read_text() for name, path in MODELS.items()}


def _figures(dsn: str, compiled: dict[str, str], change: Change, seed: int) -> dict[str, float]:
    sessions = draw_sessions(change, seed)
    with psycopg.connect(dsn) as link:
        for name, frame in tables(sessions).items():
            _fill(link, name, frame)
        for name, query in compiled.items():
            link.execute(f"create schema if not exists {name.partition('.')[0]}")
            link.execute(f"create table {name} as {query}")
        rows = link.execute(
            "select part, change, change_low, change_high, total_change"
            " from reports.rpt_experience_bridge"
        ).fetchall()
        link.rollback()
    found: dict[str, float] = {"total": float(rows[0][4]), "plain_within": plain_within(sessions)}
    for part, found_change, low, high, _ in rows:
        found |= {part: float(found_change), f"{part}_low": float(low), f"{part}_high": float(high)}
    return found


def _fill(link: psycopg.Connection, name: str, frame: pd.DataFrame) -> None:
    columns = ", ".join(
        f"{column} {TYPES.get(str(dtype), 'timestamptz')}" for column, dtype in frame.dtypes.items()
    )
    link.execute(f"create schema if not exists {name.partition('.')[0]}")
    link.execute(f"drop table if exists {name}")
    link.execute(f"create table {name} ({columns})")
    with link.cursor().copy(f"copy {name} from stdin (format csv)") as copy:
        copy.write(frame.to_csv(index=False, header=False))
    link.execute(f"analyze {name}")


@pytest.mark.parametrize("change", [Change(to_the_better=1.0), Change(to_the_rated=1.0)])
def test_a_rise_from_mix_alone_is_no_improvement(bridge: Bridge, change: Change) -> None:
    found = bridge(change, MANY_SEEDS).mean()
    assert found["total"] > 0.15
    assert abs(found["improvement"]) <= 0.02 * found["total"]
    assert abs(found["inflation"]) <= 0.02 * found["total"]
    assert found["mix"] >= 0.95 * found["total"]


def test_luck_that_passes_is_no_loss_within_interviewers(bridge: Bridge) -> None:
    """Who was paused for low ratings had bad luck, and who was kept had good luck, which passes.

    Plain period means book that as a loss of 13 % of the rise within interviewers.
    """
    found = bridge(Change(paused_share=0.25), MANY_SEEDS).mean()
    assert found["plain_within"] < -0.08 * found["total"]
    assert abs(found["improvement"] + found["inflation"]) < 0.04 * found["total"]
    assert found["exit"] >= 0.95 * found["total"]


@pytest.mark.parametrize("part", ["improvement", "inflation"])
def test_leaving_tells_improvement_from_inflation(bridge: Bridge, part: str) -> None:
    found = bridge(Change(**{part: RISE}), FEW_SEEDS)
    other = "inflation" if part == "improvement" else "improvement"
    assert found[part].mean() >= 0.85 * RISE
    assert found[other].mean() <= 0.15 * RISE
    assert abs(found["mix"].mean()) <= 0.03 * RISE
    is_covered = (found[f"{part}_low"] <= RISE) & (found[f"{part}_high"] >= RISE)
    assert is_covered.mean() >= 0.66


def test_parts_sum_exactly(bridge: Bridge) -> None:
    found = bridge(Change(to_the_better=1.0), MANY_SEEDS)
    parts = found[["improvement", "inflation", "mix", "entry", "exit"]].sum(axis=1)
    assert (parts.round(3) == found["total"].round(3)).all()
