"""Every quarantine rule on a real database, their order, and the row kept whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from loading_folders import (
    candidate_form,
    counts,
    fate,
    hand_over,
    interviewer_form,
    person,
    query,
    session,
)

from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection

BAD_SESSIONS = {
    "required_missing": [
        session("", kind="mock"),
        session("bad-real", kind="real", company_id=""),
        session("bad-mock", interviewer_id=""),
        session("bad-blank", candidate_id="   "),
        session("first-wins", status="", started_at="noon"),
    ],
    "type_invalid": [
        session("bad-now", started_at="now"),
        session("bad-infinity", ended_at="infinity"),
        session("bad-day", started_at="2023-02-29T12:00:00Z"),
        session("n" * 256),
        session("long-type", interview_type="a" * 10_000),
        session("before-offset", started_at="noon", ended_at="2024-02-01T13:00:00"),
    ],
    "offset_missing": [
        session("no-offset", started_at="2024-02-01T12:00:00"),
        session("date-alone", ended_at="2024-02-01"),
        session("before-unknown", ended_at="2024-02-01 13:00:00", status="finished"),
    ],
    "value_unknown": [session("bad-kind", kind="Mock"), session("bad-status", status="finished")],
    "in_future": [
        session("ahead", ended_at="2999-01-01T00:00:00Z"),
        session("ahead-of-load", loaded_at="2024-01-30T00:00:00Z"),
        session("load-ahead", loaded_at="2999-01-01T00:00:00Z"),
    ],
    "ends_before_start": [session("backwards", ended_at="2024-02-01T11:00:00Z")],
    "version_ambiguous": [
        session("twice", interview_type="algorithms"),
        session("twice", interview_type="behavioral"),
    ],
    "reference_missing": [
        session("orphan", candidate_id="nobody"),
        session("no-interviewer", interviewer_id="nobody"),
    ],
}
GOOD_SESSIONS = [
    session("m1"),
    session("own-staff", kind="real", company_id="x", interviewer_id=""),
    session("planned", scheduled_at="2999-01-01T00:00:00Z", started_at="", ended_at=""),
    session("offset", started_at="2024-02-01 17:30:00+05:30"),
]
BAD_FORMS = {
    "type_invalid": [
        candidate_form("m1", excitement="2.5"),
        candidate_form("m1", excitement="great"),
        candidate_form("m1", excitement="0x3"),
    ],
    "rating_out_of_range": [
        candidate_form("m1", excitement="0"),
        candidate_form("m1", excitement="5"),
        candidate_form("m1", excitement="99999999"),
    ],
    "feedback_before_session": [candidate_form("m1", submitted_at="2024-02-01T11:59:59Z")],
}


def test_every_rule_names_its_rows(database: Connection, tmp_path: Path) -> None:
    bad = [row for rows in BAD_SESSIONS.values() for row in rows]
    bad_forms = [row for rows in BAD_FORMS.values() for row in rows]
    forms = [interviewer_form("m1", would_advance="yes"), interviewer_form("bad-kind")]
    tables = {
        **person(),
        "sessions": [*GOOD_SESSIONS, *bad],
        "candidate_feedback": bad_forms,
        "interviewer_feedback": [*forms, interviewer_form("own-staff", would_advance="F")],
    }
    report = load(database.dsn, hand_over(tmp_path, tables))

    expected = {rule: len(rows) for rule, rows in BAD_SESSIONS.items()}
    assert fate(report, "sessions") == (len(GOOD_SESSIONS), 0, expected)
    expected = {rule: len(rows) for rule, rows in BAD_FORMS.items()}
    assert fate(report, "candidate_feedback") == (0, 0, expected)
    # A form waits for a session that is itself in quarantine.
    waiting = {"type_invalid": 1, "reference_missing": 1}
    assert fate(report, "interviewer_feedback") == (1, 0, waiting)
    for table in report.tables:
        assert table.n_read == table.n_accepted + table.n_unchanged + table.n_quarantined

    kept = query(
        database.dsn,
        "select rule, row_text::json ->> 'session_id', line, file from quarantine.sessions",
    )
    by_rule = {(rule, name) for rule, name, *_ in kept}
    assert by_rule == {
        (rule, row["session_id"] or None) for rule, rows in BAD_SESSIONS.items() for row in rows
    }
    line = 2 + len(GOOD_SESSIONS)
    assert sorted(where for _, _, where, _ in kept) == list(range(line, line + len(bad)))
    assert {file for *_, file in kept} == {"sessions.csv"}


def test_a_rejected_row_is_kept_whole(database: Connection, tmp_path: Path) -> None:
    comment = 'said "no",\n\tthen \\ left; drop table raw.sessions; --'
    rows = [candidate_form("m1", excitement="nine", comment=comment, mood="grim")]
    tables = {**person(), "sessions": [session("m1")], "candidate_feedback": rows}
    load(database.dsn, hand_over(tmp_path, tables))
    ((text,),) = query(database.dsn, "select row_text from quarantine.candidate_feedback")
    assert json.loads(text) == rows[0]


def test_the_record_of_loads_says_the_same_as_the_report(
    database: Connection, tmp_path: Path
) -> None:
    tables = {**person(), "sessions": [session("m1"), session("m2", kind="odd")]}
    report = load(database.dsn, hand_over(tmp_path, tables))
    assert query(
        database.dsn,
        "select n_read, n_accepted, n_quarantined from run.load_counts"
        " where table_name = 'sessions'",
    ) == [(2, 1, 1)]
    assert query(database.dsn, "select table_name, rule, n from run.load_rule_counts") == [
        ("sessions", "value_unknown", 1)
    ]
    assert query(database.dsn, "select load_id, load_seq, known_at from run.loads") == [
        (report.load_id, report.load_seq, report.known_at)
    ]


def test_hiring_decisions_wait_for_their_session(database: Connection, tmp_path: Path) -> None:
    tables = {
        **person(),
        "sessions": [session("r1", kind="real", company_id="x")],
        "hiring_decisions": [
            {"session_id": "r1", "decided_at": "2024-03-01T00:00:00Z", "advanced": "False"},
            {"session_id": "r2", "decided_at": "2024-03-01T00:00:00Z", "advanced": "t"},
        ],
    }
    report = load(database.dsn, hand_over(tmp_path, tables))
    assert fate(report, "hiring_decisions") == (1, 0, {"reference_missing": 1})


@pytest.mark.parametrize("rating", ["3", "3.0", " 3"])
def test_whole_ratings_in_any_spelling(database: Connection, tmp_path: Path, rating: str) -> None:
    rows = [candidate_form("m1", excitement=rating)]
    tables = {**person(), "sessions": [session("m1")], "candidate_feedback": rows}
    report = load(database.dsn, hand_over(tmp_path, tables))
    assert counts(report, "candidate_feedback").n_accepted == 1
    stored = "select excitement, communication from raw.candidate_feedback"
    assert query(database.dsn, stored) == [(3, None)]


def test_another_form_on_another_scale(database: Connection, tmp_path: Path) -> None:
    rows = [candidate_form("m1", warmth="5"), candidate_form("m2", warmth="6")]
    tables = {
        **person(),
        "sessions": [session("m1"), session("m2")],
        "candidate_feedback": rows,
    }
    report = load(database.dsn, hand_over(tmp_path, tables), questions=["warmth"], rating_max=5)
    assert fate(report, "candidate_feedback") == (1, 0, {"rating_out_of_range": 1})
    assert "excitement" in counts(report, "candidate_feedback").unknown_columns
    stored = "select warmth, extra from raw.candidate_feedback"
    assert query(database.dsn, stored) == [(5, {"excitement": "4"})]


def test_a_rating_is_excused_for_a_listed_reason_only(database: Connection, tmp_path: Path) -> None:
    excuse = {"decided_by": "ops", "decided_at": "2024-02-03T00:00:00Z"}
    tables = {
        **person(),
        "sessions": [session("m1"), session("m2")],
        "excused_ratings": [
            {"session_id": "m1", "reason_code": "emergency", **excuse},
            {"session_id": "m2", "reason_code": "bad day", **excuse},
        ],
    }
    report = load(database.dsn, hand_over(tmp_path, tables), excuse_reasons=["emergency"])
    assert fate(report, "excused_ratings") == (1, 0, {"value_unknown": 1})
