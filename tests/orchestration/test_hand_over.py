"""The simulated platform and people's own data never share a warehouse."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

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


def test_the_simulated_platform_makes_room_for_own_data(server: EmbeddedPostgres, tmp_path: Path):
    settings = Settings(home=server.home, raw=str(tmp_path / "company"))
    dsn = prepare_warehouse(settings).dsn
    with psycopg.connect(dsn) as connection:
        assert not make_room(connection, settings)
        _record_load(connection, SOURCE)
        assert not make_room(connection, Settings(home=server.home))
        with pytest.raises(UserError, match="RATINGS_DSN"):
            make_room(connection, Settings(home=server.home, raw="company", dsn=dsn))
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
