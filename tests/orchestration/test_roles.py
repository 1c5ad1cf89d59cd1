from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.errors import UserError
from orchestration.lib.postgres import Connection, EmbeddedPostgres
from orchestration.lib.postgres.binaries import Binaries, find_binaries
from orchestration.lib.roles import GROUP_ROLES, ensure_roles


def installed(majors: tuple[int, ...]) -> list[Binaries]:
    found = []
    for major in majors:
        try:
            found.append(find_binaries(major))
        except UserError:
            continue
    return found


# 15 and 16: between them the rights of whoever may create roles changed.
@pytest.fixture(params=installed((15, 16, 18)), ids=lambda found: f"postgresql-{found.major}")
def cluster(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: EmbeddedPostgres
) -> Iterator[EmbeddedPostgres]:
    """A cluster without group roles, of each version at hand."""
    server = EmbeddedPostgres(tmp_path / "home", request.param)
    try:
        server.ensure_running()
        yield server
    finally:
        server.stop()


def as_superuser(server: EmbeddedPostgres, *statements: str) -> None:
    with psycopg.connect(server.superuser("ratings").dsn, autocommit=True) as link:
        for statement in statements:
            link.execute(sql.SQL(statement))  # type: ignore[arg-type]


def test_the_owner_makes_the_roles_and_may_act_as_each(cluster: EmbeddedPostgres) -> None:
    with psycopg.connect(cluster.connection().dsn) as link:
        assert ensure_roles(link) == []
        link.commit()
        assert ensure_roles(link) == []
        for role in GROUP_ROLES:
            link.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
            assert link.execute("select current_user::text").fetchone() == (role,)
            link.execute("reset role")
            member = link.execute("select pg_has_role(current_user, %s, 'usage')", [role])
            assert member.fetchone() == (True,)


def test_readers_may_not_make_temporary_tables(cluster: EmbeddedPostgres) -> None:
    with psycopg.connect(cluster.connection().dsn, autocommit=True) as link:
        ensure_roles(link)
        link.execute("create temporary table of_the_owner (number int)")
        link.execute("set role bi_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute("create temporary table of_a_reader (number int)")


def test_an_owner_who_may_not_create_roles_is_told_in_one_line(cluster: EmbeddedPostgres) -> None:
    as_superuser(cluster, "alter role ratings_owner nocreaterole")
    with psycopg.connect(cluster.connection().dsn) as link:
        link.execute("create table before (number int)")
        (note,) = ensure_roles(link)
        # The caller's transaction goes on.
        assert link.execute("select count(*) from before").fetchone() == (0,)
    assert all(role in note for role in GROUP_ROLES)
    assert "create role bi_reader; grant bi_reader to ratings_owner;" in note
    assert "\n" not in note


def test_what_the_note_tells_the_administrator_to_run_is_enough(cluster: EmbeddedPostgres) -> None:
    as_superuser(cluster, "alter role ratings_owner nocreaterole")
    with psycopg.connect(cluster.connection().dsn, autocommit=True) as link:
        (note,) = ensure_roles(link)
        as_superuser(cluster, note.split("an administrator can: ")[1])
        assert ensure_roles(link) == []


def test_roles_of_somebody_else_are_named(cluster: EmbeddedPostgres) -> None:
    as_superuser(
        cluster, "alter role ratings_owner nocreaterole", *(f"create role {r}" for r in GROUP_ROLES)
    )
    with psycopg.connect(cluster.connection().dsn, autocommit=True) as link:
        (note,) = ensure_roles(link)
        assert "somebody else's" in note
        as_superuser(cluster, note.split("an administrator can: ")[1])
        assert ensure_roles(link) == []


def test_a_database_of_somebody_else_is_named(
    postgres: EmbeddedPostgres, database: Connection
) -> None:
    with psycopg.connect(postgres.superuser(database.dbname).dsn, autocommit=True) as link:
        link.execute(
            sql.SQL("alter database {} owner to postgres").format(sql.Identifier(database.dbname))
        )
    with psycopg.connect(database.dsn, autocommit=True) as link:
        (note,) = ensure_roles(link)
    assert f"does not own {database.dbname}" in note
