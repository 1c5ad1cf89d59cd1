"""Marts that grow from hand-over to hand-over equal those made anew, to the last digit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import hand_overs
import numpy as np
import pandas as pd
import psycopg
import pytest
from psycopg import sql
from warehouse_house import SMALL, House

from orchestration.lib.clock import RunScope, set_clock
from orchestration.lib.loading import load
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.prepare import prepare_warehouse
from orchestration.lib.settings import Settings
from python_models.simulation import simulate, write_platform

LAYERS = ("intermediate", "marts")
N_PIECES = 5


@dataclass
class Growing:
    """A warehouse whose marts grow in `main`, and are made anew in `asof` for comparison."""

    house: House
    folder: Path

    def take(self, tables: hand_overs.Tables, number: int) -> None:
        """Load one hand-over and let the marts grow."""
        load(self.house.dsn, hand_overs.write(tables, self.folder / f"{number}"))
        self.move_clock()

    def move_clock(self, days: float = 0) -> None:
        with psycopg.connect(self.house.dsn, autocommit=True) as connection:
            instant = set_clock(connection, RunScope()) + timedelta(days=days)
            for schema in ("run", "run_asof"):
                connection.execute(f"update {schema}.clock set as_of = %s", [instant])
        self._build()
        self._build("--full-refresh", "--target", "asof")

    def _build(self, *flags: str) -> None:
        built = self.house.call(
            "dbt", "build", "--quiet", "--exclude-resource-types", "test", "unit_test",
            "--select", "experience_factors", "staging", *LAYERS, *flags,
            DBT_TARGET_PATH=f"{self.folder / ('target' + flags[-1] if flags else 'target')}",
        )  # fmt: skip
        assert built.returncode == 0, built.stdout + built.stderr

    def differences(self) -> dict[str, int]:
        """Rows that only one of a table's two builds has."""
        with psycopg.connect(self.house.dsn) as connection:
            tables = connection.execute(
                "select schemaname, tablename from pg_tables where schemaname = any(%s)",
                [list(LAYERS)],
            ).fetchall()
            return {table: _unlike(connection, schema, table) for schema, table in tables}

    def one(self, query: str) -> object:
        with psycopg.connect(self.house.dsn) as connection:
            return connection.execute(query).fetchone()[0]


def _unlike(connection: psycopg.Connection, schema: str, table: str) -> int:
    # The batch is how a table grew, not what it says.
    query = sql.SQL(
        """
        with
        grown as (select to_jsonb(t) - 'touched_batch' as row from {grown} as t),
        anew as (select to_jsonb(t) - 'touched_batch' as row from {anew} as t)
        select count(*) from (
            (select row from grown except all select row from anew)
            union all
            (select row from anew except all select row from grown)
        ) as unlike
        """
    )
    grown, anew = sql.Identifier(schema, table), sql.Identifier(f"{schema}_asof", table)
    return connection.execute(query.format(grown=grown, anew=anew)).fetchone()[0]


@pytest.fixture(scope="module")
def growing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Growing]:
    folder = tmp_path_factory.mktemp("growing")
    home = folder / "home"
    server = EmbeddedPostgres(home)
    settings = Settings(home=home)
    try:
        prepare_warehouse(settings)
        prepare_warehouse(settings, suffix="_asof")
        yield Growing(House(home, folder, folder, server), folder)
    finally:
        server.stop()


def _platform(folder: Path) -> hand_overs.Tables:
    write_platform(simulate(replace(SMALL, weeks=40), seed=5), folder)
    return {
        path.stem: pd.read_parquet(path, dtype_backend="numpy_nullable").drop(
            columns="loaded_at", errors="ignore"
        )
        for path in folder.glob("*.parquet")
    }


def test_random_hand_overs_grow_into_what_a_rebuild_makes(growing: Growing) -> None:
    platform = _platform(growing.folder / "platform")
    pieces = hand_overs.in_pieces(platform, N_PIECES, np.random.default_rng(3))
    for number, piece in enumerate(pieces):
        growing.take(piece, number)
        unlike = growing.differences()
        assert len(unlike) >= 8
        assert not any(unlike.values()), (number, unlike)
    assert growing.one("select sum(n_released) > 0 from run.load_counts")
    for table in (*hand_overs.HAPPENS_AT, "erasure_requests", "excused_ratings"):
        versions = "valid_to is not null" if table in hand_overs.HAPPENS_AT else "true"
        assert growing.one(f"select count(*) from raw.{table} where {versions}"), table
    # They really grew: no table was made anew, and most rows are still the first build's.
    assert growing.one("select max(first_batch) from run.mart_states") == 1
    untouched = "count(*) filter (where touched_batch = 1)"
    assert growing.one(f"select {untouched} > 0 from intermediate.int_sessions_followed")


def test_time_alone_releases_and_matures(growing: Growing) -> None:
    before = growing.one("select count(*) from marts.fct_feedback")
    labelled = "select count(*) from marts.fct_sessions where label_status = 'mature'"
    mature = growing.one(labelled)
    growing.move_clock(days=16)
    assert not any(growing.differences().values())
    assert growing.one("select count(*) from marts.fct_feedback") > before
    assert growing.one(labelled) > mature


def test_a_clock_turned_back_makes_them_anew(growing: Growing) -> None:
    growing.move_clock(days=-10)
    assert not any(growing.differences().values())
    assert growing.one("select min(first_batch) from run.mart_states") > 1
