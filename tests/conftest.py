"""A real PostgreSQL for the tests: one cluster for the session, one database for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.environment import write_dagster_settings
from orchestration.lib.postgres import Connection, EmbeddedPostgres

_numbers = count(1)


@pytest.fixture(scope="session", autouse=True)
def home_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ``RATINGS_HOME`` of the tests' own: whatever they start, nobody's warehouse is touched."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("RATINGS_")]:
            patch.delenv(name)
        for name in ("RAW", "AS_OF"):
            patch.delenv(name, raising=False)
        patch.setenv("RATINGS_HOME", str(home))
        patch.setenv("DAGSTER_HOME", str(home / "dagster"))
        write_dagster_settings(home / "dagster")
        yield home


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running server of the tests' own; the warehouse in RATINGS_HOME is never touched."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("cluster") / "home")
    try:
        server.ensure_running()
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster that the test may maltreat; its path is long, with a blank and a quote."""
    server = EmbeddedPostgres(tmp_path / ("long" * 30) / "it's a home")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[Connection]:
    """A fresh empty database that belongs to the warehouse's owner role."""
    owner = postgres.connection()
    name = f"test_{next(_numbers)}"
    identifier = sql.Identifier(name)
    superuser = postgres.superuser().dsn
    with psycopg.connect(superuser, autocommit=True) as link:
        link.execute(
            sql.SQL("create database {} owner {}").format(identifier, sql.Identifier(owner.user))
        )
    yield replace(owner, dbname=name)
    with psycopg.connect(superuser, autocommit=True) as link:
        link.execute(sql.SQL("drop database {} with (force)").format(identifier))
