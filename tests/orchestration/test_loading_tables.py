"""Every table of the contract: a good row of each, loaded twice, spoilt, and waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from loading_folders import (
    Row,
    candidate_form,
    counts,
    fate,
    hand_over,
    interviewer_form,
    person,
    query,
    session,
)

from orchestration.lib.loading import contract, load
from orchestration.lib.postgres import Connection

DAY, SLOT = "2024-02-03T00:00:00Z", "2999-01-01T00:00:00Z"
BY_OPS = {"decided_by": "ops", "decided_at": DAY}
OPTIONAL: dict[str, Row] = {
    "hiring_decisions": {"session_id": "r1", "decided_at": DAY, "advanced": "t"},
    "nps_responses": {
        "response_id": "n1",
        "candidate_id": "c1",
        "responded_at": DAY,
        "score": "0",
    },
    "availability": {"interviewer_id": "i1", "interview_type": "a", "slot_start": SLOT},
    "booking_requests": {
        "request_id": "b1",
        "candidate_id": "c1",
        "interview_type": "a",
        "slot_start": SLOT,
        "requested_at": DAY,
    },
    "offers": {
        "offer_id": "o1",
        "request_id": "b1",
        "interviewer_id": "i1",
        "offered_at": DAY,
        "accepted": "0",
        "offer_probability": "0.25",
    },
    "onboarding_meetings": {"meeting_id": "g1", "held_at": SLOT},
    "onboarding_attendance": {"meeting_id": "g1", "interviewer_id": "i1"},
    "excused_ratings": {"session_id": "m1", "reason_code": "emergency", **BY_OPS},
    "standing_decisions": {
        "decision_id": "d1",
        "interviewer_id": "i1",
        "decision": "appeal_upheld",
        "reason": "long " * 100,
        **BY_OPS,
    },
    "erasure_requests": {"candidate_id": "c9", "requested_at": DAY},
}
# What makes a row bad, table by table, and the rule that then names it.
SPOILT: list[tuple[str, Row, str]] = [
    ("interviewers", {"joined_at": ""}, "required_missing"),
    ("interviewers", {"left_at": SLOT}, "in_future"),
    ("interviewers", {"employer_tier": "FAANG"}, "value_unknown"),
    ("interviewers", {"years_experience": "many"}, "type_invalid"),
    ("interviewers", {"interviews_conducted": "2.5"}, "type_invalid"),
    ("candidates", {"signed_up_at": "2024-01-02"}, "offset_missing"),
    ("interviewer_feedback", {"would_advance": ""}, "required_missing"),
    ("interviewer_feedback", {"problem_solving": "0"}, "rating_out_of_range"),
    ("interviewer_feedback", {"submitted_at": "2024-02-01T11:59:59Z"}, "feedback_before_session"),
    ("hiring_decisions", {"advanced": "maybe"}, "type_invalid"),
    ("hiring_decisions", {"decided_at": SLOT}, "in_future"),
    ("nps_responses", {"score": "11"}, "rating_out_of_range"),
    ("nps_responses", {"score": ""}, "required_missing"),
    ("nps_responses", {"candidate_id": "nobody"}, "reference_missing"),
    ("availability", {"slot_start": "soon"}, "type_invalid"),
    ("availability", {"interviewer_id": "nobody"}, "reference_missing"),
    ("booking_requests", {"candidate_id": "nobody"}, "reference_missing"),
    ("booking_requests", {"requested_at": SLOT}, "in_future"),
    ("offers", {"request_id": "nothing"}, "reference_missing"),
    ("offers", {"interviewer_id": "nobody"}, "reference_missing"),
    ("offers", {"offer_probability": "likely"}, "type_invalid"),
    ("onboarding_meetings", {"held_at": "2024-02-03"}, "offset_missing"),
    ("onboarding_attendance", {"meeting_id": "nothing"}, "reference_missing"),
    ("onboarding_attendance", {"interviewer_id": "nobody"}, "reference_missing"),
    ("excused_ratings", {"reason_code": "mood"}, "value_unknown"),
    ("excused_ratings", {"session_id": "nothing"}, "reference_missing"),
    ("excused_ratings", {"decided_by": ""}, "required_missing"),
    ("standing_decisions", {"decision": "fire"}, "value_unknown"),
    ("standing_decisions", {"interviewer_id": "nobody"}, "reference_missing"),
    ("standing_decisions", {"reason": " "}, "required_missing"),
    ("erasure_requests", {"requested_at": ""}, "required_missing"),
]


def whole() -> dict[str, list[Row]]:
    """One good row of each optional table, and what they refer to."""
    real = session("r1", kind="real", company_id="x", interviewer_id="")
    return {
        **person(),
        "sessions": [session("m1"), real],
        "candidate_feedback": [candidate_form("m1")],
        "interviewer_feedback": [interviewer_form("m1")],
        **{name: [row] for name, row in OPTIONAL.items()},
    }


def test_all_tables_come_in_and_a_second_time_change_nothing(
    database: Connection, tmp_path: Path
) -> None:
    tables = whole()
    assert tables.keys() == {table.name for table in contract()}
    folder = hand_over(tmp_path, tables)
    first = load(database.dsn, folder, excuse_reasons=["emergency"])
    for name, rows in tables.items():
        assert fate(first, name) == (len(rows), 0, {}), name
    again = load(database.dsn, folder, excuse_reasons=["emergency"])
    assert again.load_seq > first.load_seq
    for name, rows in tables.items():
        assert fate(again, name) == (0, len(rows), {}), name
        versions = f"select count(*), max(load_seq), count(valid_to) from raw.{name}"
        assert query(database.dsn, versions) == [(len(rows), first.load_seq, 0)], name


def test_each_kind_of_bad_row_in_each_table(database: Connection, tmp_path: Path) -> None:
    tables = whole()
    load(database.dsn, hand_over(tmp_path / "good", tables), excuse_reasons=["emergency"])
    expected: dict[str, dict[str, int]] = {}
    bad: dict[str, list[Row]] = {}
    for number, (name, change, rule) in enumerate(SPOILT):
        row = dict(tables[name][0])
        # A key of its own, where the key does not have to name something that is there.
        own = {"interviewers", "candidates", "nps_responses", "offers", "standing_decisions"}
        own |= {"booking_requests", "onboarding_meetings", "erasure_requests"}
        if name in own:
            row[next(iter(row))] = f"bad {number}"
        bad.setdefault(name, []).append(row | change)
        rules = expected.setdefault(name, {})
        rules[rule] = rules.get(rule, 0) + 1
    folder = hand_over(tmp_path / "bad", bad)
    for _ in range(2):
        report = load(database.dsn, folder, excuse_reasons=["emergency"])
        for name, rules in expected.items():
            assert fate(report, name) == (0, 0, rules), name
            kept = f"select count(*) from quarantine.{name} where released_at is null"
            assert query(database.dsn, kept) == [(len(bad[name]),)], name


WAITING = [
    ("candidates", ["sessions", "nps_responses", "booking_requests"]),
    ("interviewers", ["sessions", "availability", "onboarding_attendance", "standing_decisions"]),
    ("sessions", ["candidate_feedback", "hiring_decisions", "excused_ratings"]),
    ("booking_requests", ["offers"]),
    ("onboarding_meetings", ["onboarding_attendance"]),
]


@pytest.mark.parametrize(("absent", "waiting"), WAITING)
def test_what_waits_comes_in_with_its_reference(
    database: Connection, tmp_path: Path, absent: str, waiting: list[str]
) -> None:
    tables = whole()
    late = tables.pop(absent)
    first = load(database.dsn, hand_over(tmp_path / "1", tables))
    for name in waiting:
        # The real session is held by the company's own staff: it needs no interviewer.
        n_waiting = 1 if absent == "interviewers" else len(tables[name])
        assert fate(first, name)[2] == {"reference_missing": n_waiting}, name
        assert counts(first, name).n_released == 0
    second = load(database.dsn, hand_over(tmp_path / "2", {absent: late}))
    for name in waiting:
        found = counts(second, name)
        assert (found.n_read, found.n_released) == (0, fate(first, name)[2]["reference_missing"])
    for name, rows in {**tables, absent: late}.items():
        assert query(database.dsn, f"select count(*) from raw.{name}") == [(len(rows),)], name
        open_cases = f"select count(*) from quarantine.{name} where released_at is null"
        assert query(database.dsn, open_cases) == [(0,)], name
