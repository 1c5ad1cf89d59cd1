"""A person is erased from a published warehouse: nothing names them, and no figure moves."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from every_table import places_of
from warehouse_house import House, open_house

# The one has a row for each candidate, under a tombstone then; the other tells of what was loaded.
RENAMED_OR_LOADED = {"scores.fct_candidate_readiness", "reports.rpt_data_quality"}
# What it says of candidates, whatever they are called.
READINESS = """
    select (to_jsonb(people) - 'candidate_id')::text
    from scores.fct_candidate_readiness as people order by 1
"""
# Later than anything the simulated platform knows.
AS_OF = "2025-06-01T00:00:00Z"


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from open_house(tmp_path_factory.mktemp("erased"))


def _asked_by(house: House, person: str, folder: Path) -> Path:
    """A hand-over of nothing but one request."""
    folder.mkdir()
    for path in house.whole.glob("*.parquet"):
        pq.write_table(pq.read_table(path).slice(0, 0), folder / path.name)
    request = f"candidate_id,requested_at\n{person},2025-05-01T00:00:00Z\n"
    (folder / "erasure_requests.csv").write_text(request)
    (folder / "erasure_requests.parquet").unlink(missing_ok=True)
    return folder


def test_no_figure_moves_and_no_table_knows_them(own_house: House, tmp_path: Path) -> None:
    before = own_house.run(own_house.whole, AS_OF)
    assert before.returncode == 0, before.stderr
    with psycopg.connect(own_house.dsn) as connection:
        person = connection.execute(
            """
            select sessions.candidate_id from marts.fct_sessions as sessions
            inner join marts.fct_outcomes as outcomes
                on outcomes.candidate_id = sessions.candidate_id
            group by 1 order by count(*) desc limit 1
            """
        ).fetchone()[0]
        own_fits = "select fit_id, model from fitted.fit_registry order by fit_id"
        fits = connection.execute(own_fits).fetchall()
        readiness = connection.execute(READINESS).fetchall()
    published = own_house.published()
    assert len(places_of(own_house.dsn, person)) >= 8

    after = own_house.run(_asked_by(own_house, person, tmp_path / "asked"), AS_OF)
    assert after.returncode == 0, after.stderr

    assert places_of(own_house.dsn, person) == set()
    moved = {name for name, rows in own_house.published().items() if rows != published[name]}
    assert moved <= RENAMED_OR_LOADED
    with psycopg.connect(own_house.dsn) as connection:
        assert connection.execute(own_fits).fetchall() == fits
        assert connection.execute(READINESS).fetchall() == readiness

    again = own_house.run(own_house.whole, AS_OF)
    assert again.returncode == 0, again.stderr
    assert places_of(own_house.dsn, person) == set()
    moved = {name for name, rows in own_house.published().items() if rows != published[name]}
    assert moved <= RENAMED_OR_LOADED
    with psycopg.connect(own_house.dsn) as connection:
        assert connection.execute(READINESS).fetchall() == readiness
