"""What comes after an instant, however it falls out, changes no score from before it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pytest

from orchestration.lib.postgres import EmbeddedPostgres
from python_models.simulation import simulate, write_platform
from python_models.simulation.world import FACTORS
from tests.pipeline.warehouse_house import SMALL, House

pytestmark = pytest.mark.slow

PAST_WEEKS = 44
THEN = SMALL.start + timedelta(weeks=PAST_WEEKS)
LAST = SMALL.start + timedelta(weeks=SMALL.weeks)
# What of a table changes hands after the instant, row by row.
SHUFFLED = {
    "candidate_feedback": list(FACTORS),
    "interviewer_feedback": ["would_advance", "technical", "problem_solving", "communication"],
    "hiring_decisions": ["advanced"],
}
N_SCORES = "select count(*) from scores.fct_experience_scores where is_published"
HISTORY = """
    select interviewer_id || ' ' || week_date as id, n_rated_window, experience_score,
        experience_low, experience_high
    from {schema}.fct_score_history
    where week_date <= %s
"""
PAST_MEANS = """
    select panel.session_id, n_past, {means}
    from panels.pnl_experience_weights as panel
    inner join marts.fct_sessions as sessions on panel.session_id = sessions.session_id
    where sessions.session_start_at < %s
""".format(means=", ".join(f"{factor}_past_mean" for factor in FACTORS))


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, House]]:
    """One platform twice: as it was, and with all that came later shuffled."""
    folder = tmp_path_factory.mktemp("shuffled")
    write_platform(simulate(SMALL, seed=7), folder / "as_it_was")
    _shuffle_future(folder / "as_it_was", folder / "shuffled")
    homes = {name: folder / f"home_{name}" for name in ("as_it_was", "shuffled")}
    pair = tuple(
        House(home, folder / name, folder / name, EmbeddedPostgres(home))
        for name, home in homes.items()
    )
    try:
        for house in pair:
            run = house.run(house.whole, THEN.isoformat())
            assert run.returncode == 0, run.stdout + run.stderr
        yield pair
    finally:
        for house in pair:
            house.server.stop()


def _shuffle_future(source: Path, target: Path) -> None:
    """Deal ratings, verdicts, decisions and candidates of later rows out anew."""
    rng = np.random.default_rng(3)
    tables = {path.stem: pq.read_table(path).to_pandas() for path in source.glob("*.parquet")}
    for name, columns in SHUFFLED.items():
        is_later = tables[name]["loaded_at"] > THEN
        _deal_out(tables[name], is_later, columns, rng)
    people = tables["candidates"].set_index("candidate_id")["signed_up_at"]
    sessions = tables["sessions"]
    # Only among those who were there by then: nobody may come before signing up.
    knew = (sessions["loaded_at"] > THEN) & (sessions["candidate_id"].map(people) < THEN)
    _deal_out(sessions, knew, ["candidate_id"], rng)
    target.mkdir()
    for name, frame in tables.items():
        schema = pq.read_schema(source / f"{name}.parquet")
        frame.to_parquet(target / f"{name}.parquet", index=False, schema=schema)


def _deal_out(
    frame: pd.DataFrame, chosen: pd.Series, columns: list[str], rng: np.random.Generator
) -> None:
    before = frame.loc[chosen, columns]
    dealt = before.to_numpy()[rng.permutation(len(before))]
    assert (before.astype(str).to_numpy() != dealt.astype(str)).any(axis=1).mean() > 0.3
    frame.loc[chosen, columns] = pd.DataFrame(dealt, columns=columns, index=before.index).astype(
        before.dtypes
    )


def _history(house: House, schema: str) -> dict[str, tuple]:
    return _rows(house, HISTORY.format(schema=schema), THEN.date())


def _past_means(house: House, until: datetime = THEN) -> dict[str, tuple]:
    return _rows(house, PAST_MEANS, until)


def _common(one: dict[str, tuple], other: dict[str, tuple]) -> list[dict[str, tuple]]:
    """Both, without what only one of them has."""
    of_both = one.keys() & other.keys()
    return [{key: rows[key] for key in of_both} for rows in (one, other)]


def _rows(house: House, query: str, value: date) -> dict[str, tuple]:
    """Rows by their first column."""
    with psycopg.connect(house.dsn) as connection:
        return {row[0]: row[1:] for row in connection.execute(query, [value])}


def _tell_in_hindsight(house: House) -> None:
    """Build history and panel on the last day, with the fits of then and no week published."""
    with psycopg.connect(house.dsn) as connection:
        connection.execute("update run.clock set as_of = (select max(known_at) from run.loads)")
        connection.execute("delete from scores.fct_score_history")
    selected = ("+pnl_experience_weights", "+fct_score_history")
    built = house.call("dbt", "run", "--no-use-colors", "--select", *selected)
    assert built.returncode == 0, built.stdout[-4000:]


def test_no_score_of_the_past_feels_a_shuffled_future(houses: tuple[House, House]) -> None:
    as_it_was, shuffled = houses
    # What is published stands for the instant alone, fits included.
    assert as_it_was.published() == shuffled.published()
    with psycopg.connect(as_it_was.dsn) as connection:
        assert connection.execute(N_SCORES).fetchone()[0] >= 20
    told = _history(as_it_was, "scores")
    known = _past_means(as_it_was)
    assert known == _past_means(shuffled)
    assert sum(row[1] is not None for row in told.values()) >= 500
    assert len(known) >= 300

    for house in houses:
        _tell_in_hindsight(house)
        for then, now in (
            (told, _history(house, "scores_next")),
            (known, _past_means(house)),
        ):
            before, after = _common(then, now)
            # The first weeks are too old to be told in hindsight (history_backfill_weeks).
            assert len(before) >= 0.75 * len(then)
            assert before == after
    # More sessions have their label by now; what was known before each is the same in both.
    one, other = _common(*map(_past_means, houses))
    assert len(one) > len(known)
    assert one == other
    # Later sessions do feel it.
    one, other = _common(*(_past_means(house, LAST) for house in houses))
    assert one != other
