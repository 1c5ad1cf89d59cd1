"""The same run on a PostgreSQL that the user owns, as an owner who is no superuser."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from warehouse_house import House, open_house

from orchestration.lib.errors import UserError
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.postgres.binaries import Binaries, find_binaries

pytestmark = pytest.mark.slow

# Every character that an address must quote.
PASSWORD = "p@ss:w/d #'x'"


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on the oldest PostgreSQL there is, whose owner may not even create roles."""
    folder = tmp_path_factory.mktemp("own")
    theirs = EmbeddedPostgres(folder / "theirs", _oldest_binaries())
    address = theirs.ensure_running()
    try:
        with psycopg.connect(theirs.superuser().dsn, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create role analytics login password {}").format(sql.Literal(PASSWORD))
            )
            connection.execute("create database warehouse owner analytics")
        dsn = make_conninfo(
            host=address.host,
            port=address.port,
            dbname="warehouse",
            user="analytics",
            password=PASSWORD,
        )
        yield from open_house(folder, {"RATINGS_DSN": dsn})
    finally:
        theirs.stop()


def _oldest_binaries() -> Binaries:
    for major in (15, 16, 17):
        try:
            return find_binaries(major)
        except UserError:
            continue
    return find_binaries()


def test_the_run_publishes_there_and_names_the_roles_it_could_not_make(own_house: House):
    said = own_house.opening.stdout
    assert own_house.opening.returncode == 0, said + own_house.opening.stderr
    assert own_house.n_publications() == 1
    assert "may not create roles" in " ".join(said.split())
    with psycopg.connect(own_house.dsn) as connection:
        n_scores, n_published = connection.execute(
            """select count(*), count(*) filter (where is_published)
            from scores.fct_experience_scores"""
        ).fetchone()
    assert 30 <= n_scores <= 40
    assert n_published > 20
    # No server was started beside the user's own.
    assert not own_house.server.is_running()


def test_the_password_stands_nowhere(own_house: House):
    leaks = [
        path
        for path in own_house.home.rglob("*")
        if path.is_file() and PASSWORD.encode() in path.read_bytes()
    ]
    assert leaks == []
    assert PASSWORD not in own_house.opening.stdout + own_house.opening.stderr
