"""Erasure: afterwards no table knows the person, and no hand-over brings them back."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from every_table import places_of
from loading_folders import (
    Row,
    candidate_form,
    counts,
    hand_over,
    interviewer_form,
    person,
    query,
    session,
)

from orchestration.lib.loading import load
from orchestration.lib.postgres import Connection

NAME, SAID, HINT = "candidate-one", "what was said of it", "her shoe size"
REQUEST = [{"candidate_id": NAME, "requested_at": "2024-03-01T00:00:00Z"}]


def platform() -> dict[str, list[Row]]:
    """A person in every kind of row: good, rejected, malformed, waiting, unlisted."""
    told = {"comment": SAID, "note": HINT}
    return {
        "interviewers": person()["interviewers"],
        "candidates": [
            {"candidate_id": NAME, "signed_up_at": "2024-01-02T00:00:00Z", "note": HINT},
            {"candidate_id": "candidate-two", "signed_up_at": "2024-01-02T00:00:00Z"},
        ],
        "sessions": [
            session("m1", candidate_id=NAME, note=HINT),
            session("m2", candidate_id=NAME, kind="odd", note=HINT),
            session("m3", candidate_id=NAME, interviewer_id="nobody", note=HINT),
            session("m4", candidate_id="candidate-two"),
        ],
        "candidate_feedback": [
            candidate_form("m1", **told),
            candidate_form("m2", **told),
            candidate_form("m3", **told),
            candidate_form("m4", comment="this one stays"),
        ],
        "interviewer_feedback": [
            interviewer_form("m1", technical="9", **told),
            interviewer_form("m4", comment="this too"),
        ],
        "nps_responses": [
            {"response_id": "n1", "candidate_id": NAME, "responded_at": "2024-02-03T00:00:00Z",
             "score": "9", "note": HINT},
        ],
    }  # fmt: skip


def tombstones(dsn: str) -> list[str]:
    return [row[0] for row in query(dsn, "select tombstone from run.erasures order by erased_at")]


def test_the_person_leaves_every_table(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path / "first", platform())
    with (folder / "sessions.csv").open("a") as file:
        file.write(f"broken,{NAME},line\n")
    load(database.dsn, folder)
    assert len(places_of(database.dsn, NAME, SAID, HINT)) >= 8

    report = load(
        database.dsn, hand_over(tmp_path / "second", {**person(), "erasure_requests": REQUEST})
    )

    assert report.n_erased == 1
    assert places_of(database.dsn, NAME, SAID, HINT) == set()
    [tombstone] = tombstones(database.dsn)
    for table in ("candidates", "sessions", "nps_responses", "erasure_requests"):
        assert (tombstone,) in query(database.dsn, f"select candidate_id from raw.{table}")
    kept = "select row_text::jsonb ->> 'candidate_id', row_text::jsonb ->> 'session_id'"
    apart = query(database.dsn, f"{kept} from quarantine.sessions where rule <> 'row_malformed'")
    assert sorted(apart) == [(tombstone, "m2"), (tombstone, "m3")]
    others = "select comment from raw.{} where session_id = 'm4'"
    assert query(database.dsn, others.format("candidate_feedback")) == [("this one stays",)]
    assert query(database.dsn, others.format("interviewer_feedback")) == [("this too",)]


def test_what_is_handed_over_again_is_unchanged(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path / "first", platform())
    asked = hand_over(tmp_path / "second", {**person(), "erasure_requests": REQUEST})
    first = load(database.dsn, folder)
    load(database.dsn, asked)
    n_kept_apart = "select count(*) from quarantine.sessions, quarantine.candidate_feedback"
    before = query(database.dsn, n_kept_apart)
    for again in (folder, asked, folder):
        report = load(database.dsn, again)
        assert report.n_erased == 0
        assert sum(table.n_accepted for table in report.tables) == 0
    assert counts(report, "sessions").rules == counts(first, "sessions").rules
    assert query(database.dsn, n_kept_apart) == before
    assert places_of(database.dsn, NAME, SAID, HINT) == set()


def test_a_request_may_come_first_and_rows_may_wait(database: Connection, tmp_path: Path) -> None:
    load(database.dsn, hand_over(tmp_path / "1", {**person(), "erasure_requests": REQUEST}))
    # The form waits for its session, and nobody knows yet whose it is.
    waiting = {**person(), "candidate_feedback": [candidate_form("m1", comment=SAID)]}
    load(database.dsn, hand_over(tmp_path / "2", waiting))
    assert places_of(database.dsn, SAID) == {"quarantine.candidate_feedback"}
    report = load(database.dsn, hand_over(tmp_path / "3", platform()))

    assert counts(report, "candidate_feedback").n_accepted > 0
    assert places_of(database.dsn, NAME, SAID, HINT) == set()
    [tombstone] = tombstones(database.dsn)
    rows = query(database.dsn, "select candidate_id from raw.sessions where session_id = 'm1'")
    assert rows == [(tombstone,)]


def test_a_session_moved_to_an_erased_person_falls_silent(
    database: Connection, tmp_path: Path
) -> None:
    load(database.dsn, hand_over(tmp_path / "1", platform() | {"erasure_requests": REQUEST}))
    moved = {**platform(), "sessions": [session("m4", candidate_id=NAME)]}
    load(database.dsn, hand_over(tmp_path / "2", moved))
    spoken = "select comment from raw.candidate_feedback where session_id = 'm4'"
    assert query(database.dsn, spoken) == [(None,)]


def guarded_tables(dsn: str) -> None:
    """A dossier that nobody may change, and rows that not even the owner sees."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema policy; create schema portal")
        connection.execute("create table policy.cases (dossier jsonb)")
        connection.execute(
            """
            insert into policy.cases values (jsonb_build_object(
                'about', 'candidate-one: see candidate-one-b',
                'sessions', jsonb_build_array(
                    jsonb_build_object('session_id', 'm1', 'comment', %s::text),
                    jsonb_build_object('session_id', 'm4', 'comment', 'stays')
                )
            ))
            """,
            [SAID],
        )
        # What keeps everybody's hands off, the owner's too.
        connection.execute(
            """
            create function policy.refuse() returns trigger language plpgsql
                as $$ begin raise 'append only'; end $$;
            create trigger append_only before update on policy.cases
                for each row execute function policy.refuse();
            create table portal.own (candidate_id text);
            insert into portal.own values ('candidate-one'), ('candidate-two');
            alter table portal.own enable row level security;
            alter table portal.own force row level security
            """
        )


def test_tables_that_nobody_thought_of_are_covered(database: Connection, tmp_path: Path) -> None:
    load(database.dsn, hand_over(tmp_path / "1", platform()))
    guarded_tables(database.dsn)
    asked = {**person(), "erasure_requests": REQUEST}
    load(database.dsn, hand_over(tmp_path / "2", asked))

    [tombstone] = tombstones(database.dsn)
    [(dossier,)] = query(database.dsn, "select dossier from policy.cases")
    assert dossier["about"] == f"{tombstone}: see candidate-one-b"
    assert [found["comment"] for found in dossier["sessions"]] == [None, "stays"]
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.RaiseException, match="append only"):
            connection.execute("update policy.cases set dossier = '{}'")
        assert connection.execute("select count(*) from portal.own").fetchone() == (0,)
        connection.execute("alter table portal.own no force row level security")
        found = connection.execute("select candidate_id from portal.own").fetchall()
    assert set(found) == {(tombstone,), ("candidate-two",)}


def test_a_load_that_fails_erases_nobody(database: Connection, tmp_path: Path) -> None:
    load(database.dsn, hand_over(tmp_path / "1", platform()))
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute("create schema odd; create table odd.own (candidate_id text)")
        connection.execute("alter table odd.own add check (candidate_id not like 'erased-%')")
        connection.execute("insert into odd.own values ('candidate-one')")
    asked = hand_over(tmp_path / "2", {**person(), "erasure_requests": REQUEST})
    with pytest.raises(psycopg.errors.CheckViolation):
        load(database.dsn, asked)
    assert tombstones(database.dsn) == []
    assert "raw.candidates" in places_of(database.dsn, NAME)
