"""The simulated platform and people's own data never share a warehouse."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from loading_folders import hand_over, person

from orchestration.lib.errors import UserError
from orchestration.lib.hand_over import check_hand_over, find_hand_over
from orchestration.lib.postgres import EmbeddedPostgres
from orchestration.lib.prepare import prepare_warehouse
from orchestration.lib.settings import Settings, parse_as_of
from orchestration.lib.simulated import SOURCE, make_room
from orchestration.lib.warehouse import Warehouse


def _record_load(connection: psycopg.Connection, source: str) -> None:
    connection.execute(
        """insert into run.loads (load_id, load_seq, source, started_at, finished_at)
        select nextval('run.load_ids'), count(*) + 1, %s, now(), now() from run.loads""",
        (source,),
    )
    connection.commit()


def _damage_at_the_end(path: Path) -> None:
    """Put a Parquet file in place of a CSV file: a sound footer behind pages that are not."""
    path.unlink()
    names = "session_id kind interview_type candidate_id scheduled_at status"
    table = pa.table({name: [f"{number}" for number in range(1000)] for name in names.split()})
    pq.write_table(table, path.with_suffix(".parquet"))
    data = bytearray(path.with_suffix(".parquet").read_bytes())
    data[4:1000] = b"\xff" * 996
    path.with_suffix(".parquet").write_bytes(data)


def test_the_simulated_platform_makes_room_for_own_data(server: EmbeddedPostgres, tmp_path: Path):
    settings = Settings(home=server.home, raw=str(tmp_path / "company"))
    dsn = prepare_warehouse(settings).dsn
    with psycopg.connect(dsn) as connection:
        assert not make_room(connection, settings)
        _record_load(connection, SOURCE)
        assert not make_room(connection, Settings(home=server.home))
        with pytest.raises(UserError, match="RATINGS_DSN"):
            make_room(connection, Settings(home=server.home, raw="company", dsn=dsn))
        # What cannot be read clears nothing away, be it found out at the last row.
        folder = hand_over(tmp_path / "company", person())
        (folder / "sessions.csv").write_bytes(b"")
        with pytest.raises(UserError, match=r"sessions\.csv is empty"):
            make_room(connection, settings)
        _damage_at_the_end(folder / "sessions.csv")
        with pytest.raises(UserError, match=r"sessions\.parquet cannot be read"):
            make_room(connection, settings)
        assert connection.execute("select source from run.loads").fetchall() == [(SOURCE,)]
        (folder / "sessions.parquet").unlink()
        hand_over(folder, person())
        assert make_room(connection, settings)
    prepare_warehouse(settings)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from run.loads").fetchone() == (0,)
        # What was handed over by somebody stays, whatever comes next.
        _record_load(connection, "company")
        assert not make_room(connection, Settings(home=server.home, raw="another"))
    assert find_hand_over(Settings(home=server.home), Warehouse(dsn)) is None


@pytest.mark.parametrize("raw", ["missing", "a file"])
def test_a_hand_over_that_is_no_folder_is_refused_at_once(tmp_path: Path, raw: str):
    (tmp_path / "a file").write_text("session_id\n")
    with pytest.raises(UserError, match="name a readable folder"):
        check_hand_over(Settings(home=tmp_path, raw=str(tmp_path / raw)))


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-01-31T09:00:00",
        "0001-01-01T00:00:00+14:00",
        f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%XZ}",
    ],
)
def test_an_instant_that_cannot_be_meant_is_refused(text: str):
    with pytest.raises(UserError, match="write it like"):
        parse_as_of(text)
