"""What was recorded here enters raw like a hand-over's rows: once, and known from the next run."""

import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from every_table import places_of
from loading_folders import candidate_form, fate, hand_over, person, query, session, utc
from rich.console import Console

from orchestration.lib.clock import RunScope, decide_scope, set_clock
from orchestration.lib.inbox import decide, excuse
from orchestration.lib.loading import INBOX_SOURCE, Inbox, LoadReport, contract, count_waiting
from orchestration.lib.loading import load as load_source
from orchestration.lib.loading.report import TableCounts, together
from orchestration.lib.postgres import Connection
from orchestration.lib.prepare import excuse_reasons, prepare_warehouse
from orchestration.lib.settings import Settings
from orchestration.lib.simulated import own_sources
from orchestration.lib.summary import print_rows_in
from orchestration.lib.summary_data import SummaryReader

TICK = timedelta(microseconds=1)
AS_OF = utc("2024-02-01T14:00:00")
WARNING = {"INTERVIEWER": "i1", "DECISION": "warn", "BY": "ada", "REASON": "below, twice"}
EXCUSE = {"SESSION": "s1", "REASON_CODE": "technical_failure", "BY": "ada"}
# A name that no digest and no tombstone holds by chance.
CANDIDATE = "candidate-9"
PLATFORM = person() | {
    "candidates": [{"candidate_id": CANDIDATE, "signed_up_at": "2024-01-02T00:00:00Z"}],
    "sessions": [session(name, candidate_id=CANDIDATE) for name in ("s1", "s2")],
    "candidate_feedback": [candidate_form("s1"), candidate_form("s2")],
}
THEIR_EXCUSE = {
    "session_id": "s1",
    "reason_code": "emergency",
    "decided_by": "their ops",
    "decided_at": "2024-02-01T15:00:00Z",
}


@pytest.fixture
def dsn(database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A warehouse whose first hand-over is published."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    prepare_warehouse(Settings(home=tmp_path, dsn=database.dsn))
    load_source(database.dsn, hand_over(tmp_path / "first", PLATFORM))
    assert publish(database.dsn) == AS_OF
    return database.dsn


def publish(dsn: str):
    """The end of a run: the clock is set, and the figures stand for it."""
    with psycopg.connect(dsn) as connection:
        as_of = set_clock(connection, decide_scope(connection, None))
        connection.execute("insert into run.publications (as_of) values (%s)", [as_of])
    return as_of


def load_inbox(dsn: str) -> LoadReport:
    return load_source(dsn, Inbox(dsn), excuse_reasons=excuse_reasons())


def waiting(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        return count_waiting(connection, contract())


def excuses(dsn: str) -> list[tuple]:
    columns = "decided_by, loaded_at, valid_to is null"
    return query(dsn, f"select {columns} from raw.excused_ratings order by loaded_at")


def test_the_next_run_knows_it_and_the_clock_moves_by_a_tick(dsn: str) -> None:
    decide(dsn, WARNING)
    excuse(dsn, EXCUSE, excuse_reasons())
    assert waiting(dsn) == 2
    report = load_inbox(dsn)
    assert fate(report, "standing_decisions") == (1, 0, {})
    assert fate(report, "excused_ratings") == (1, 0, {})
    # What was published before is not touched: as of that instant nothing of it was known.
    assert query(dsn, "select loaded_at, decided_at from raw.standing_decisions") == [
        (AS_OF + TICK, AS_OF + TICK)
    ]
    assert publish(dsn) == AS_OF + TICK
    raw = "select decision_id, interviewer_id, decision, decided_by, reason, decided_at from {}"
    assert query(dsn, raw.format("raw.standing_decisions")) == query(
        dsn, raw.format("ops.standing_decisions")
    )


def test_loading_again_brings_nothing(dsn: str) -> None:
    decide(dsn, WARNING)
    load_inbox(dsn)
    publish(dsn)
    assert waiting(dsn) == 0
    assert load_inbox(dsn).tables == ()
    assert publish(dsn) == AS_OF + TICK
    decide(dsn, WARNING | {"DECISION": "override", "REASON": "sound as ever"})
    assert fate(load_inbox(dsn), "standing_decisions") == (1, 0, {})
    assert publish(dsn) == AS_OF + 2 * TICK
    assert query(
        dsn,
        "select decision from raw.standing_decisions where valid_to is null order by decided_at",
    ) == [("warn",), ("override",)]


def test_a_decision_with_an_instant_of_its_own_is_known_no_earlier(dsn: str) -> None:
    decide(dsn, WARNING | {"AT": "2024-01-20T09:00:00Z"})
    load_inbox(dsn)
    assert query(dsn, "select loaded_at, decided_at from raw.standing_decisions") == [
        (AS_OF + TICK, utc("2024-01-20T09:00:00"))
    ]


def test_decisions_handed_over_stand_beside_those_recorded_here(dsn: str, tmp_path: Path) -> None:
    decide(dsn, WARNING)
    theirs = {
        "decision_id": "d1",
        "interviewer_id": "i1",
        "decision": "pause",
        "decided_by": "their ops",
        "decided_at": "2024-02-01T16:00:00Z",
        "reason": "theirs",
    }
    folder = hand_over(tmp_path / "theirs", PLATFORM | {"standing_decisions": [theirs]})
    for accepted in (1, 0):
        assert fate(load_source(dsn, folder), "standing_decisions")[0] == accepted
        report = load_inbox(dsn)
        assert sum(table.n_accepted for table in report.tables) == accepted
    assert query(
        dsn, "select decided_by from raw.standing_decisions where valid_to is null order by 1"
    ) == [("ada",), ("their ops",)]


def test_a_session_that_a_hand_over_excused_meanwhile_needs_no_second_excuse(
    dsn: str, tmp_path: Path
) -> None:
    excuse(dsn, EXCUSE, excuse_reasons())
    load_source(dsn, hand_over(tmp_path / "x", PLATFORM | {"excused_ratings": [THEIR_EXCUSE]}))
    assert waiting(dsn) == 0
    assert [decided_by for decided_by, *_ in excuses(dsn)] == ["their ops"]


def test_a_hand_over_may_correct_an_excuse_recorded_here_and_stays_in_force(
    dsn: str, tmp_path: Path
) -> None:
    excuse(dsn, EXCUSE, excuse_reasons())
    load_inbox(dsn)
    folder = hand_over(tmp_path / "x", PLATFORM | {"excused_ratings": [THEIR_EXCUSE]})
    for _ in range(2):
        load_source(dsn, folder)
        load_inbox(dsn)
        assert [(said, holds) for said, _, holds in excuses(dsn)] == [
            ("ada", False),
            ("their ops", True),
        ]


def test_a_row_whose_code_has_gone_waits_in_quarantine_once(dsn: str) -> None:
    excuse(dsn, EXCUSE, excuse_reasons())
    for _ in range(2):
        report = load_source(dsn, Inbox(dsn), excuse_reasons=("emergency",))
        assert fate(report, "excused_ratings") == (0, 0, {"value_unknown": 1})
    assert query(dsn, "select rule, file, row_text::jsonb ->> 'session_id'"
                      " from quarantine.excused_ratings") == [
        ("value_unknown", "ops.excused_ratings", "s1")
    ]  # fmt: skip
    assert waiting(dsn) == 1


def test_what_was_recorded_is_no_hand_over(dsn: str) -> None:
    decide(dsn, WARNING)
    load_inbox(dsn)
    with psycopg.connect(dsn) as connection:
        assert own_sources(connection) == ["first"]
        connection.execute("update run.loads set source = 'demo-1' where source = 'first'")
        assert own_sources(connection) == []
    assert query(dsn, "select count(*) from run.loads where source = 'ops/inbox'") == [(1,)]
    assert "/" in INBOX_SOURCE


def test_nothing_is_left_of_a_candidate_whose_rating_was_excused(dsn: str, tmp_path: Path) -> None:
    decide(dsn, WARNING)
    excuse(dsn, EXCUSE, excuse_reasons())
    assert places_of(dsn, CANDIDATE) >= {"raw.sessions", "raw.candidates"}
    request = {"candidate_id": CANDIDATE, "requested_at": "2024-02-02T00:00:00Z"}
    load_source(dsn, hand_over(tmp_path / "asked", {"erasure_requests": [request]}))
    load_inbox(dsn)
    assert places_of(dsn, CANDIDATE) == set()
    assert len(excuses(dsn)) == 1


def test_the_screen_shows_both_loads_of_a_run(dsn: str) -> None:
    decide(dsn, WARNING)
    load_inbox(dsn)
    publish(dsn)
    shown = StringIO()
    with psycopg.connect(dsn) as connection:
        print_rows_in(Console(file=shown, width=200), SummaryReader(connection, RunScope()))
    lines = [line.split() for line in shown.getvalue().splitlines()]
    assert ["Rows", "in,", "from", "first"] in lines
    assert ["sessions", "2", "2", "0", "0", "0"] in lines
    assert ["ops.standing_decisions", "1", "1", "0", "0", "0"] in lines


def test_the_counts_of_two_loads_add_up() -> None:
    first = LoadReport(1, 1, None, (TableCounts("sessions", 3, 2, 1), _decisions(2, "in_future")))
    then = LoadReport(2, 2, AS_OF, (_decisions(1, "in_future"),), n_erased=1)
    both = together(first, then)
    assert (both.load_seq, both.known_at, both.n_erased) == (2, AS_OF, 1)
    assert both.tables == (
        TableCounts("sessions", 3, 2, 1),
        TableCounts("standing_decisions", 5, 2, 0, 3, rules={"in_future": 3}),
    )


def _decisions(n_bad: int, rule: str) -> TableCounts:
    return TableCounts("standing_decisions", n_bad + 1, 1, 0, n_bad, rules={rule: n_bad})
