"""From one publication to the next: why each score moved, and what its history says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from warehouse_house import House, open_house

pytestmark = pytest.mark.slow

PARTS = ("sessions_in_part", "aged_out_part", "corrections_part", "adjustments_part",
         "weights_part")  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from open_house(tmp_path_factory.mktemp("ledger"))


def _rows(house: House, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(house.dsn) as connection:
        return connection.execute(query).fetchall()


def _scores(house: House) -> dict[str, Decimal]:
    return dict(
        _rows(
            house,
            "select interviewer_id, experience_score from scores.fct_experience_scores"
            " where is_published",
        )
    )


def test_every_change_is_told_whole_and_history_only_grows(house: House) -> None:
    assert house.opening.returncode == 0, house.opening.stdout + house.opening.stderr
    before = _scores(house)
    assert _rows(house, "select count(*) from scores.fct_score_ledger") == [(0,)]
    history = "select * from scores.fct_score_history where week_date <= %s order by 1, 2"
    (written,) = _rows(house, "select max(week_date) from scores.fct_score_history")[0]
    with psycopg.connect(house.dsn) as connection:
        told = connection.execute(history, [written]).fetchall()

    run = house.run(house.whole)
    assert run.returncode == 0, run.stdout + run.stderr
    after = _scores(house)

    ledger = {
        row[0]: row[1:]
        for row in _rows(
            house,
            "select interviewer_id, score_before, score_after, score_change,"
            f" {', '.join(PARTS)} from scores.fct_score_ledger",
        )
    }
    moved = {who for who in before.keys() & after.keys() if before[who] != after[who]}
    assert len(moved) >= 10
    assert moved <= ledger.keys()
    for who, (score_before, score_after, change, *parts) in ledger.items():
        assert (score_before, score_after) == (before[who], after[who])
        assert sum(parts) == change == score_after - score_before
    # Four weeks bring new sessions, push others out, and say more about candidates.
    for part in (0, 1, 3):
        assert any(row[3 + part] != 0 for row in ledger.values()), PARTS[part]

    with psycopg.connect(house.dsn) as connection:
        assert connection.execute(history, [written]).fetchall() == told
    (newest,) = _rows(house, "select max(week_date) from scores.fct_score_history")[0]
    assert newest - written >= timedelta(weeks=3)


def test_a_second_run_with_nothing_new_appends_nothing(house: House) -> None:
    lines = _rows(house, "select count(*) from scores.fct_score_ledger")
    run = house.run("")
    assert run.returncode == 0, run.stdout + run.stderr
    assert _rows(house, "select count(*) from scores.fct_score_ledger") == lines


def test_history_at_a_monday_is_what_is_published_that_monday(house: House) -> None:
    (as_of,) = _rows(house, "select max(as_of) from run.publications")[0]
    monday = datetime.combine(
        (as_of + timedelta(days=7 - as_of.weekday())).date(), datetime.min.time(), UTC
    )
    run = house.run("", monday.isoformat())
    assert run.returncode == 0, run.stdout + run.stderr
    written = _rows(
        house,
        "select interviewer_id, experience_score, experience_low, experience_high,"
        " n_rated_window from scores.fct_score_history"
        f" where week_date = '{monday.date()}' and experience_score is not null order by 1",
    )
    published = _rows(
        house,
        "select interviewer_id, experience_score, experience_low, experience_high,"
        " n_rated_window from scores.fct_experience_scores where is_published order by 1",
    )
    assert len(published) >= 20
    assert written == published
