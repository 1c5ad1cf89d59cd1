from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.errors import UserError
from orchestration.lib.postgres import Connection, EmbeddedPostgres

AWKWARD = "p@ss:/?#[]% &=+'\"\\ü"


def test_an_awkward_password_logs_in_through_the_url(
    postgres: EmbeddedPostgres, database: Connection
) -> None:
    role = "awkward @role"
    statement = sql.SQL("create role {} login password {}")
    with psycopg.connect(postgres.superuser().dsn, autocommit=True) as link:
        link.execute(statement.format(sql.Identifier(role), sql.Literal(AWKWARD)))
        try:
            asked = replace(database, user=role, password=AWKWARD)
            with psycopg.connect(asked.dsn) as session:
                assert session.execute("select current_user").fetchone() == (role,)
            assert Connection.from_dsn(asked.dsn) == asked
        finally:
            link.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:s%20cret@db.example:6543/ratings?sslmode=require",
        "host=db.example port=6543 user=me password='s cret' dbname=ratings sslmode=require",
    ],
)
def test_both_forms_read_the_same(dsn: str) -> None:
    read = Connection.from_dsn(dsn)
    assert read == Connection(
        "db.example", 6543, "me", "s cret", "ratings", (("sslmode", "require"),)
    )
    assert Connection.from_dsn(read.dsn) == read


@pytest.mark.parametrize("host", ["/var/run/postgresql", "::1"])
def test_sockets_and_ipv6_survive_the_url(host: str) -> None:
    given = Connection(host, 5432, "me", "", "ratings")
    assert Connection.from_dsn(given.dsn) == given


def test_libpq_fills_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGHOST": "filled", "PGPORT": "7777", "PGUSER": "somebody"}.items():
        monkeypatch.setenv(name, value)
    for name in ("PGDATABASE", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    read = Connection.from_dsn("postgresql:///")
    assert (read.host, read.port, read.user) == ("filled", 7777, "somebody")
    assert (read.dbname, read.password) == ("somebody", "")


@pytest.mark.parametrize("dsn", ["postgresql://h:port/x", "nonsense", "host=a,b port=1,2 user=me"])
def test_a_bad_dsn_is_one_line_that_says_how_to_write_it(dsn: str) -> None:
    with pytest.raises(UserError, match="postgresql://user:password@host:5432/database") as caught:
        Connection.from_dsn(dsn)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dsn", ["postgresql://u:h%zzush@h/d", "host=h password=not hush"])
def test_a_bad_dsn_does_not_tell_the_password(dsn: str) -> None:
    with pytest.raises(UserError) as caught:
        Connection.from_dsn(dsn)
    assert "ush" not in str(caught.value)


def test_the_password_is_not_in_the_representation() -> None:
    assert "hush" not in repr(Connection("h", 1, "u", "hush", "d"))
