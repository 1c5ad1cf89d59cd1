"""A platform without a marketplace: everything runs, and accuracy says what it lacks."""

from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from warehouse_house import SMALL, House

from orchestration.lib.postgres import EmbeddedPostgres
from python_models.simulation import simulate, write_platform

pytestmark = pytest.mark.slow

ACCURACY = """
    select accuracy_bucket, accuracy_score, is_published, leniency_reference,
        leniency is not null and leniency_percentile is not null as is_relative
    from scores.fct_accuracy_scores
"""


def _mocks_alone(raw: Path) -> None:
    """Leave out real interviews, and whatever is told of them."""
    sessions = pq.read_table(raw / "sessions.parquet")
    mocks = sessions.filter(pc.equal(sessions["kind"], "mock"))
    assert 0 < len(mocks) < len(sessions)
    for path in raw.glob("*.parquet"):
        table = pq.read_table(path)
        if "session_id" in table.column_names:
            is_of_mocks = pc.is_in(table["session_id"], pa.chunked_array(mocks["session_id"]))
            pq.write_table(table.filter(is_of_mocks), path)
    (raw / "hiring_decisions.parquet").unlink()


def test_leniency_is_relative_and_nobody_has_an_accuracy_score(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_platform(simulate(SMALL, seed=3), raw)
    _mocks_alone(raw)
    server = EmbeddedPostgres(tmp_path / "home")
    house = House(tmp_path / "home", raw, raw, server)
    try:
        run = house.run(raw)
        assert run.returncode == 0, run.stdout + run.stderr
        with psycopg.connect(house.dsn) as connection:
            scores = connection.execute(ACCURACY).fetchall()
            (n_scored,) = connection.execute(
                "select count(experience_score) from scores.fct_experience_scores"
            ).fetchone()
            (n_by_verdicts,) = connection.execute(
                "select count(*) from policy.fct_standing_history"
                " where prob_too_strict is not null or prob_too_lenient is not null"
            ).fetchone()
    finally:
        server.stop()
    buckets, points, published, references, is_relative = zip(*scores, strict=True)
    assert set(buckets) == {"not_enough_data"}
    assert set(points) == {None}
    assert set(published) == {False}
    assert "companies" not in references
    assert sum(is_relative) >= 20
    assert n_scored >= 20
    assert n_by_verdicts == 0
