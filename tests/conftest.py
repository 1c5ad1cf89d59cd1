"""A real PostgreSQL for the tests: one cluster for the session, one database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.postgres import Connection, EmbeddedPostgres

_numbers = count(1)


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
