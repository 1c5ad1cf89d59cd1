"""A decision and an excuse are recorded on published figures, and the next run knows them."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from warehouse_house import House, open_house

from orchestration.lib.loading import contract, count_waiting

pytestmark = pytest.mark.slow
RECORDED = "from staging.stg_ops__standing_decisions where decision_id like 'ops-%'"
REASON = """below "the line" twice; it's $5"""


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from open_house(tmp_path_factory.mktemp("recorded"))


def _query(house: House, text: str) -> list[tuple]:
    with psycopg.connect(house.dsn) as connection:
        return connection.execute(text).fetchall()


def _as_of(house: House):
    return _query(house, "select max(as_of) from run.publications")[0][0]


def _record(house: House, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return house.call(sys.executable, "-m", "orchestration.cli", command, **variables)


def test_the_next_run_knows_what_was_recorded(own_house: House) -> None:
    assert own_house.opening.returncode == 0, own_house.opening.stdout
    before = _as_of(own_house)
    ((interviewer, session, n_rated),) = _query(
        own_house,
        """
        select rated.interviewer_id, max(rated.session_id), count(*)
        from scores.fct_experience_sessions as rated
        inner join scores.fct_experience_scores as scores
            on scores.interviewer_id = rated.interviewer_id
        where scores.n_rated_total < 25
        group by 1 order by 3 desc, 1 limit 1
        """,
    )
    decided = _record(own_house, "decide", INTERVIEWER=interviewer, DECISION="warn", BY="ada",
                      REASON=REASON)  # fmt: skip
    assert (decided.returncode, decided.stderr) == (0, "")
    assert decided.stdout.startswith(f"Recorded: warn for interviewer {interviewer}")
    excused = _record(own_house, "excuse", SESSION=session, REASON_CODE="emergency", BY="ada")
    assert (excused.returncode, excused.stderr) == (0, "")

    again = own_house.run(own_house.first)
    assert again.returncode == 0, again.stdout
    # The clock of an old hand-over stays where it is, but for the tick that makes a decision new.
    assert _as_of(own_house) == before + timedelta(microseconds=1)
    columns = "interviewer_id, decision, decided_by, reason, decided_at"
    assert _query(own_house, f"select {columns} {RECORDED}") == [
        (interviewer, "warn", "ada", REASON, before + timedelta(microseconds=1))
    ]
    window = f"from scores.fct_experience_sessions where interviewer_id = '{interviewer}'"
    assert _query(own_house, f"select count(*) {window}") == [(n_rated - 1,)]
    assert _query(own_house, f"select count(*) {window} and session_id = '{session}'") == [(0,)]
    # And the one after it will find nothing new.
    with psycopg.connect(own_house.dsn) as connection:
        assert count_waiting(connection, contract()) == 0


def test_a_recorded_warning_holds_at_once_and_is_frozen(own_house: House) -> None:
    ((interviewer, decided_at),) = _query(
        own_house, f"select interviewer_id, decided_at {RECORDED}"
    )
    standing = f"from policy.fct_interviewer_standing where interviewer_id = '{interviewer}'"
    assert _query(own_house, f"select standing, recommended, since {standing}") == [
        ("warned", None, decided_at)
    ]
    dossier = f"from policy.fct_standing_dossiers where interviewer_id = '{interviewer}'"
    assert _query(
        own_house,
        "select action, decided_by, reason, evaluation ->> 'interviewer_id', n_sessions > 0"
        f" {dossier} and dossier_id like 'd-ops-%'",
    ) == [("warn", "ada", REASON, interviewer, True)]
