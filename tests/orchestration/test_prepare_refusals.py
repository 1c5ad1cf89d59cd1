"""A database that the warehouse cannot live in is refused in one sentence."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.environment import CONNECTION_VARIABLES
from orchestration.lib.errors import UserError
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.prepare import prepare_warehouse
from orchestration.lib.settings import Settings


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_texts_in_another_encoding(
    postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    owner = postgres.connection()
    asked = replace(owner, dbname=f"old_{encoding.lower()}")
    # What it sets for its children goes again with the test.
    for name in ("RATINGS_READY", "RATINGS_MARTS_VERSION", *CONNECTION_VARIABLES.values()):
        monkeypatch.setenv(name, "")
    with psycopg.connect(postgres.superuser().dsn, autocommit=True) as link:
        link.execute(
            sql.SQL("create database {} owner {} encoding {} locale 'C' template template0").format(
                *map(sql.Identifier, (asked.dbname, owner.user)), sql.Literal(encoding)
            )
        )
    with pytest.raises(UserError, match=f"keeps its texts in {encoding}; .* needs UTF8: create"):
        prepare_warehouse(Settings(home=tmp_path, dsn=asked.dsn))
    with psycopg.connect(asked.dsn, client_encoding="utf8") as connection:
        assert connection.execute("select to_regnamespace('raw')").fetchone() == (None,)
