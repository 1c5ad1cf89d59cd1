"""A warehouse of the tests' own, filled and published by the main job as `make run` calls it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg import sql

from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.settings import PROJECT_DIR
from python_models.simulation import WORLDS, simulate, write_platform

SMALL = replace(
    WORLDS["few"], name="small", n_interviewers=40, n_candidates=700, n_companies=4, weeks=60
)
PUBLISHED = ("scores", "policy", "reports", "portal")


@dataclass
class House:
    """A server with a first hand-over published, and a later one at hand.

    Attributes
    ----------
    home : Path
        Its ``RATINGS_HOME``.
    first, whole : Path
        A hand-over that ends four weeks early, and the same platform's whole one.
    server : EmbeddedPostgres
    settings : mapping of str to str
        Further variables of its runs, such as ``RATINGS_DSN``.
    project : Path
        The project's folder, or a copy of it that somebody has configured otherwise.
    """

    home: Path
    first: Path
    whole: Path
    server: EmbeddedPostgres
    settings: Mapping[str, str] = field(default_factory=dict)
    project: Path = PROJECT_DIR
    opening: subprocess.CompletedProcess[str] = field(init=False, repr=False)

    @property
    def dsn(self) -> str:
        return self.settings.get("RATINGS_DSN") or self.server.ensure_running().dsn

    @property
    def environment(self) -> dict[str, str]:
        """What a shell in the activated environment would have."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("RATINGS_", "DBT_"))}
        beside_python = os.fspath(Path(sys.executable).parent)
        return {
            **inherited,
            "PATH": os.pathsep.join((beside_python, inherited.get("PATH", ""))),
            "RATINGS_HOME": f"{self.home}",
            "DAGSTER_HOME": f"{self.home / 'dagster'}",
            "PYTHONPATH": f"{self.project}",
            **self.settings,
        }

    def call(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.project,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def run(self, raw: Path, as_of: str = "") -> subprocess.CompletedProcess[str]:
        return self.call(
            sys.executable, "-m", "orchestration.cli", "run", RAW=f"{raw}", AS_OF=as_of
        )

    def published(self) -> dict[str, str]:
        """Every published table by the hash of its rows, as its owner reads them."""
        with psycopg.connect(self.dsn) as connection:
            tables = connection.execute(
                "select schemaname, tablename from pg_tables where schemaname = any(%s)",
                (list(PUBLISHED),),
            ).fetchall()
            return {
                f"{schema}.{table}": _rows_hash(connection, schema, table)
                for schema, table in tables
            }

    def n_publications(self) -> int:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute("select count(*) from run.publications").fetchone()[0]


def open_house(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[House]:
    """Publish a first hand-over; its server ends with the tests."""
    whole, first = folder / "whole", folder / "first"
    write_platform(simulate(SMALL, seed=7), whole)
    _write_part(whole, first, days_less=28)
    server = EmbeddedPostgres(folder / "home")
    built = House(folder / "home", first, whole, server, settings or {})
    try:
        built.opening = built.run(first)
        yield built
    finally:
        server.stop()


def _rows_hash(connection: psycopg.Connection, schema: str, table: str) -> str:
    query = sql.SQL(
        "select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) from {} as t"
    )
    return connection.execute(query.format(sql.Identifier(schema, table))).fetchone()[0]


def _write_part(whole: Path, part: Path, days_less: int) -> None:
    """Write what had been known some days before the end."""
    tables = {path.name: pq.read_table(path) for path in whole.glob("*.parquet")}
    newest = max(pc.max(table["loaded_at"]).as_py() for table in tables.values() if len(table))
    cut = pa.scalar(newest - timedelta(days=days_less), pa.timestamp("us", "UTC"))
    part.mkdir()
    for name, table in tables.items():
        pq.write_table(table.filter(pc.less_equal(table["loaded_at"], cut)), part / name)
