"""The main job from the outside, as `make run` calls it, on a small platform and a real server."""

import os
import threading

import psycopg
import pytest
from psycopg import sql
from warehouse_house import PUBLISHED, House

from orchestration.lib.lock import run_lock

pytestmark = pytest.mark.slow


def test_the_first_run_publishes_and_says_what_came_out(house: House):
    assert house.opening.returncode == 0, house.opening.stdout + house.opening.stderr
    assert house.n_publications() == 1
    for words in ("Rows in", "Weights in force", "Experience score", "Platform health", "psql"):
        assert words in house.opening.stdout
    assert "\x1b[" not in house.opening.stdout
    assert max(map(len, house.opening.stdout.splitlines())) <= 100


def test_a_second_run_with_nothing_new_gives_the_same_figures(house: House):
    before = house.published()
    again = house.run(house.first)
    assert again.returncode == 0, again.stdout
    assert len(before) >= 7
    assert house.published() == before


def test_readers_never_see_a_mix_while_a_run_publishes(house: House):
    reader = _Reader(house.dsn)
    reader.start()
    try:
        moved = house.run(house.whole)
    finally:
        reader.stop()
    assert moved.returncode == 0, moved.stdout
    assert reader.mixed == []
    # Both sets were seen, or the reader would have watched nothing happen.
    assert len(reader.seen) == 2


def test_a_set_that_fails_its_gate_is_not_published(house: House):
    with psycopg.connect(house.dsn) as connection:
        # Twice as many published people as the candidate set can have: it looks collapsed.
        connection.execute(
            """insert into scores.fct_experience_scores
                (interviewer_id, fit_id, n_rated_window, n_rated_total, is_published, as_of)
            select 'nobody-' || position, 'none', 30, 30, true, clock.as_of
            from generate_series(1, 200) as position cross join run.clock as clock"""
        )
    before, n_before = house.published(), house.n_publications()
    reader = _Reader(house.dsn)
    reader.start()
    try:
        refused = house.run(house.whole)
    finally:
        reader.stop()
    try:
        assert reader.mixed == []
        assert len(reader.seen) == 1
        assert refused.returncode == 1, refused.stdout
        assert "Nothing was published" in refused.stdout
        assert house.published() == before
        assert house.n_publications() == n_before
    finally:
        with psycopg.connect(house.dsn) as connection:
            connection.execute(
                "delete from scores.fct_experience_scores where interviewer_id like 'nobody-%'"
            )


def test_a_run_before_the_published_figures_publishes_nothing(house: House):
    before, n_before = house.published(), house.n_publications()
    with psycopg.connect(house.dsn) as connection:
        as_of = connection.execute("select as_of - interval '100 days' from run.clock").fetchone()
    (as_of,) = as_of
    back = house.run(house.whole, as_of=as_of.isoformat())
    assert back.returncode == 0, back.stdout
    assert "published nothing" in back.stdout
    assert house.published() == before
    assert house.n_publications() == n_before
    with psycopg.connect(house.dsn) as connection:
        built = connection.execute(
            "select distinct as_of from scores_asof.fct_experience_scores"
        ).fetchall()
    assert built == [(as_of,)]


def test_a_run_beside_another_says_who_is_at_work(house: House):
    with run_lock(house.dsn):
        second = house.run(house.whole)
    assert second.returncode == 1
    assert f"pid {os.getpid()}" in second.stdout
    assert "Traceback" not in second.stdout + second.stderr


def test_what_the_user_can_mend_is_one_sentence(house: House):
    lost = house.run(house.home / "no such folder")
    assert lost.returncode == 1
    assert "no such folder" in "".join(lost.stdout.split("\n"))
    assert "Traceback" not in lost.stdout + lost.stderr


# They keep what earlier publications wrote.
APPENDED = (
    "fct_score_history",
    "fct_score_ledger",
    "fct_own_changes",
    "fct_offers",
    "fct_standing_history",
    "fct_standing_dossiers",
    "fct_notices_told",
)


def _instants(table: tuple[str, str]) -> sql.Composed:
    """Instants of a table: all of them, or of an appended one those that run ahead of the set."""
    query = "select as_of from {}"
    if table[1] in APPENDED:
        query += " where as_of > (select max(as_of) from scores.fct_experience_scores)"
    return sql.SQL(query).format(sql.Identifier(*table))


class _Reader(threading.Thread):
    """Reads every published table's instant in one statement, over and over."""

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self.seen: set[object] = set()
        self.mixed: list[object] = []
        self._dsn = dsn
        self._ended = threading.Event()

    def run(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            tables = connection.execute(
                """select table_schema, table_name from information_schema.columns
                where column_name = 'as_of' and table_schema = any(%s)""",
                (list(PUBLISHED),),
            ).fetchall()
            instants = sql.SQL(" union ").join(map(_instants, tables))
            while not self._ended.is_set():
                found = [row[0] for row in connection.execute(instants).fetchall()]
                self.seen.update(found)
                if len(found) != 1:
                    self.mixed.append(found)
                self._ended.wait(0.01)

    def stop(self) -> None:
        self._ended.set()
        self.join()
