"""A run as of an earlier day knows nothing that came later, and touches nothing published."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import hand_overs
import numpy as np
import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg import sql
from warehouse_house import House, open_house

pytestmark = pytest.mark.slow

# What a run writes down about itself; everything else stands for the instant alone.
ABOUT_THE_RUN = "run_asof"
LATER = ("sessions", "candidate_feedback", "interviewer_feedback", "hiring_decisions")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from open_house(tmp_path_factory.mktemp("look_back"))


def _looked_back(house: House) -> dict[str, str]:
    """Every table of the schemas suffixed _asof, by the hash of its rows."""
    with psycopg.connect(house.dsn) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables"
            " where right(schemaname, 5) = '_asof' and schemaname <> %s",
            [ABOUT_THE_RUN],
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                sql.SQL(
                    "select md5(string_agg(md5((to_jsonb(t) - 'touched_batch')::text), ''"
                    " order by md5((to_jsonb(t) - 'touched_batch')::text))) from {} as t"
                ).format(sql.Identifier(schema, table))
            ).fetchone()[0]
            for schema, table in tables
        }


def _later_rows(house: House, folder: Path) -> Path:
    """Corrections of every kind, and excuses, for what had been handed over first."""
    known = {
        path.stem: pd.read_parquet(path, dtype_backend="numpy_nullable").drop(columns="loaded_at")
        for path in house.first.glob("*.parquet")
    }
    rng = np.random.default_rng(1)
    of_sessions = {name: known[name] for name in LATER}
    tables = hand_overs.amended(of_sessions, known, rng)
    tables["excused_ratings"] = hand_overs.excuses(known["sessions"], rng)
    people = known["interviewers"].drop_duplicates("interviewer_id", keep="last")
    tables["interviewers"] = people.iloc[:5].assign(employer_tier="other")
    tables["candidates"] = known["candidates"].iloc[:5].assign(experience_level="senior")
    ghost = _ghost(known["sessions"], "ghost")
    tables["sessions"] = pd.concat([tables["sessions"], ghost])
    return hand_overs.write(tables, folder)


def _ghost(sessions: pd.DataFrame, name: str) -> pd.DataFrame:
    """A session long held, of which nobody has told yet."""
    held = sessions[(sessions["kind"] == "mock") & (sessions["status"] == "completed")]
    return held.iloc[:1].assign(session_id=name)


def _let_a_form_wait(house: House) -> None:
    """Put a form into the first hand-over whose session comes much later."""
    path = house.first / "candidate_feedback.parquet"
    forms = pq.read_table(path).to_pandas()
    sessions = pq.read_table(house.first / "sessions.parquet").to_pandas()
    ghost = _ghost(sessions, "ghost")
    form = forms.iloc[:1].assign(
        session_id="ghost", submitted_at=ghost["ended_at"].iloc[0] + timedelta(hours=1)
    )
    pd.concat([forms, form]).to_parquet(path, index=False)


def test_later_rows_change_nothing_as_of_an_earlier_day(house: House, tmp_path: Path) -> None:
    _let_a_form_wait(house)
    assert house.run(house.first).returncode == 0
    with psycopg.connect(house.dsn) as connection:
        newest = connection.execute("select max(as_of) from run.publications").fetchone()[0]
    earlier = (newest - timedelta(days=20)).isoformat()

    looked = house.run(house.first, earlier)
    assert looked.returncode == 0, looked.stdout + looked.stderr
    before = _looked_back(house)
    assert len(before) >= 25

    for later in (house.whole, _later_rows(house, tmp_path / "later")):
        run = house.run(later)
        assert run.returncode == 0, run.stdout + run.stderr
    with psycopg.connect(house.dsn) as connection:
        released = connection.execute("select sum(n_released) from run.load_counts").fetchone()[0]
        excused = connection.execute("select count(*) from raw.excused_ratings").fetchone()[0]
    assert released == 1
    assert excused >= 15
    published, n_published = house.published(), house.n_publications()

    looked = house.run("", earlier)
    assert looked.returncode == 0, looked.stdout + looked.stderr
    after = _looked_back(house)
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == []
    assert house.published() == published
    assert house.n_publications() == n_published
    # The look back is not simply blind: what it stands on is not what is published.
    assert published["scores.fct_experience_scores"] != after["scores_asof.fct_experience_scores"]


def test_a_replay_comes_to_the_same_dossiers_bit_for_bit(house: House) -> None:
    """Corrections, late rows and decisions have arrived since; the dossiers know none of them."""
    with psycopg.connect(house.dsn) as connection:
        (first,) = connection.execute("select min(as_of) from run.publications").fetchone()
    looked = house.run("", first.isoformat())
    assert looked.returncode == 0, looked.stdout + looked.stderr
    with psycopg.connect(house.dsn) as connection:
        for table in ("fct_standing_dossiers", "fct_standing_history"):
            frozen, replayed = (
                connection.execute(
                    f"select md5(t::text) from {schema}.{table} as t where as_of = %s order by 1",
                    [first],
                ).fetchall()
                for schema in ("policy", "policy_asof")
            )
            assert len(frozen) >= 10
            assert replayed == frozen, table
        kinds = connection.execute(
            "select distinct kind from policy.fct_standing_dossiers where as_of = %s order by 1",
            [first],
        ).fetchall()
    assert kinds == [("decision",), ("recommendation",)]
