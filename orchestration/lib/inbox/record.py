"""What ``make decide`` and ``make excuse`` do: a row for the inbox, or a sentence why not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors, sql

from orchestration.lib.errors import UserError
from orchestration.lib.loading.contract import contract
from orchestration.lib.loading.inbox import INBOX_SCHEMA
from orchestration.lib.settings import parse_instant

# Of as many names as these is one suggested; more would be a list, and no help.
_SUGGESTED = 3
_NEXT = "It takes effect at the next run: make run"
_CONSTRAINTS = {
    "reason_given": 'REASON is empty; say why: REASON="..."',
    "decided_by_identifier": "BY must be a short identifier of who decided, no e-mail address",
    "one_decision_at_a_time": "a decision about this interviewer has that very instant already; "
    "decide again, or give another AT",
    "excused_once": "somebody has just excused the rating of this session",
}


def decide(dsn: str, given: Mapping[str, str]) -> str:
    """Record what a person decided about an interviewer.

    Parameters
    ----------
    dsn : str
        The warehouse, as its owner.
    given : mapping of str to str
        ``INTERVIEWER``, ``DECISION``, ``BY``, ``REASON``, and ``AT``, which may be empty: then it
        is the instant of the published figures, or now if they stand for a later one.

    Returns
    -------
    str
        What was recorded, for people to read.

    Raises
    ------
    UserError
        When something is missing or unknown, or the instant cannot be.
    """
    row = _row(given, "make decide", interviewer_id="INTERVIEWER", decision="DECISION",
               decided_by="BY", reason="REASON")  # fmt: skip
    _refuse_unknown("DECISION", row["decision"], _decisions())
    with _recording(dsn) as connection:
        _refuse_stranger(connection, row["interviewer_id"])
        stood = _published_standing(connection, row["interviewer_id"])
        decision_id, decided_at = _insert(connection, "standing_decisions", "decision_id", row)
    return (
        f"Recorded: {row['decision']} for interviewer {row['interviewer_id']}{stood}, decided by "
        f"{row['decided_by']} as of {decided_at:%Y-%m-%d %H:%M:%S} UTC ({decision_id}). {_NEXT}"
    )


def excuse(dsn: str, given: Mapping[str, str], reasons: Sequence[str]) -> str:
    """Record that a session's rating by its candidate is left out of scores.

    Parameters
    ----------
    dsn : str
        The warehouse, as its owner.
    given : mapping of str to str
        ``SESSION``, ``REASON_CODE``, ``BY``, and ``AT``, which may be empty, as for `decide`.
    reasons : sequence of str
        Codes for which a rating may be excused.

    Returns
    -------
    str
        What was recorded, for people to read.

    Raises
    ------
    UserError
        When something is missing or unknown, or the session holds nothing to excuse.
    """
    row = _row(given, "make excuse", session_id="SESSION", reason_code="REASON_CODE",
               decided_by="BY")  # fmt: skip
    _refuse_unknown("REASON_CODE", row["reason_code"], reasons)
    with _recording(dsn) as connection:
        session_id, decided_at = _insert(connection, "excused_ratings", "session_id", row)
    return (
        f"Recorded: the rating of session {session_id} is excused for {row['reason_code']}, "
        f"decided by {row['decided_by']} as of {decided_at:%Y-%m-%d %H:%M:%S} UTC. It will be left "
        f"out of scores whether it is high or low. {_NEXT}"
    )


def _decisions() -> tuple[str, ...]:
    table = next(table for table in contract() if table.name == "standing_decisions")
    return next(column.choices for column in table.columns if column.name == "decision")


def _row(given: Mapping[str, str], command: str, **named: str) -> dict[str, Any]:
    """Turn variables into a row; the column for each is named by keyword."""
    row: dict[str, Any] = {
        column: (given.get(variable) or "").strip() for column, variable in named.items()
    }
    missing = [variable for column, variable in named.items() if not row[column]]
    if missing:
        whole = " ".join(f'{variable}="..."' for variable in named.values())
        raise UserError(f"{' and '.join(missing)} missing; write {command} {whole}")
    for variable, text in given.items():
        try:
            text.encode()
        except UnicodeEncodeError:  # as Python passes on the bytes of another encoding
            raise UserError(f"{variable} is no UTF-8 text; type it in a UTF-8 terminal") from None
    text = (given.get("AT") or "").strip()
    return {**row, "decided_at": parse_instant("AT", text) if text else None}


def _refuse_unknown(variable: str, word: str, known: Sequence[str]) -> None:
    if word not in known:
        raise UserError(f"{variable}={word} is not known; one of: {', '.join(known)}")


def _refuse_stranger(connection: psycopg.Connection[Any], interviewer_id: str) -> None:
    """Refuse an interviewer nobody knows, and say whose handle that is, or what looks alike."""
    current = "select interviewer_id from raw.interviewers where valid_to is null"
    asked = f"{current} and interviewer_id = %s"
    if connection.execute(asked, [interviewer_id]).fetchone():
        return
    known = [name for (name,) in connection.execute(current)]
    if not known:
        return  # nothing is here yet, which the inbox says itself
    # What a run prints names people by their handles.
    asked = f"{current} and handle = %s order by 1"
    called = [name for (name,) in connection.execute(asked, [interviewer_id])]
    near = difflib.get_close_matches(interviewer_id, known, n=_SUGGESTED)
    if called:
        mend = f"that is the handle of {', '.join(called[:_SUGGESTED])}"
    else:
        mend = f"near it: {', '.join(near)}" if near else "scores.fct_experience_scores lists them"
    raise UserError(f"INTERVIEWER={interviewer_id} is not known; {mend}")


def _published_standing(connection: psycopg.Connection[Any], interviewer_id: str) -> str:
    """Say what was published, so that whoever decided otherwise by mistake sees it at once."""
    found = connection.execute("select to_regclass('policy.fct_interviewer_standing')").fetchone()
    if found is None or found[0] is None:
        return ""
    row = connection.execute(
        "select standing, recommended from policy.fct_interviewer_standing"
        " where interviewer_id = %s",
        [interviewer_id],
    ).fetchone()
    return f" (published: {row[0]}, {row[1] or 'nothing'} recommended)" if row else ""


@contextmanager
def _recording(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """Connect, and turn the inbox's refusals into sentences."""
    try:
        with psycopg.connect(dsn, application_name="ratings", options="-c timezone=UTC") as link:
            yield link
    except errors.RaiseException as error:
        raise UserError(f"{error.diag.message_primary}") from None
    except errors.IntegrityError as error:
        sentence = _CONSTRAINTS.get(error.diag.constraint_name or "")
        if sentence is None:
            raise
        raise UserError(sentence) from None


def _insert(
    connection: psycopg.Connection[Any], table: str, key: str, row: Mapping[str, Any]
) -> tuple[Any, ...]:
    statement = sql.SQL("insert into {} ({}) values ({}) returning {}, decided_at").format(
        sql.Identifier(INBOX_SCHEMA, table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
        sql.Identifier(key),
    )
    recorded = connection.execute(statement, row).fetchone()
    if recorded is None:
        raise RuntimeError(f"{table} took the row and gave nothing back")
    return recorded
