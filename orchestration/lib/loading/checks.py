"""The rules that need the database: clocks, references, and other tables' rows."""

from __future__ import annotations

from orchestration.lib.loading.declaration import Table
from orchestration.lib.loading.schema import LANDING, listed, quoted
from orchestration.lib.loading.work import Work


def take_up_waiting(work: Work, table: Table) -> int:
    """Land the quarantined rows that waited for a reference which is there now.

    Returns
    -------
    int
        How many.
    """
    if not table.references:
        return 0
    waiting = "waiting.rule = 'reference_missing' and waiting.released_at is null"
    exists = f"select exists (select from quarantine.{table.name} as waiting where {waiting})"
    row = work.conn.execute(exists).fetchone()
    if not (row and row[0]):
        return 0
    lacks = [work.lacks_parent(reference, "kept", 0) for reference in table.references]
    columns = (*(column.name for column in table.file_columns), "extra")
    return work.run(f"""
        insert into {LANDING}.{table.name} (row_id, {listed(columns)})
        select -waiting.quarantine_id, {listed(columns, "kept")}
        from quarantine.{table.name} as waiting
        cross join lateral jsonb_populate_record(
            null::{LANDING}.{table.name}, waiting.row_text::jsonb
        ) as kept
        where {waiting} and not ({" or ".join(lacks)})
    """)


def check_clocks(work: Work, table: Table) -> None:
    """Set aside what has not happened yet, and sessions that end before they start."""
    # A row without an instant of its own is stamped on the data's clock, which is not known yet:
    # the wall clock is all that can be held against it.
    latest = "coalesce(landed.loaded_at, now()) + interval '1 day'"
    ahead = [f"landed.{quoted(name)} > {latest}" for name in table.instants()]
    ahead.append("landed.loaded_at > now() + interval '1 day'")
    rules = [("in_future", " or ".join(ahead))]
    if {"started_at", "ended_at"} <= set(table.names):
        rules.append(("ends_before_start", "landed.ended_at < landed.started_at"))
    for rule, condition in rules:
        work.set_aside(
            table,
            f"select row_id, '{rule}' from {LANDING}.{table.name} as landed where {condition}",
        )


def check_references(work: Work, table: Table) -> None:
    """Set aside the rows that name something nobody has handed over yet."""
    if not table.references:
        return
    n_rows = work.n_landed[table.name]
    lacks = [work.lacks_parent(reference, "landed", n_rows) for reference in table.references]
    for condition in lacks:
        work.set_aside(
            table,
            f"""
            select landed.row_id, 'reference_missing' from {LANDING}.{table.name} as landed
            where {condition} and {work.is_kept(table, "landed")}
            """,
        )


def check_session_starts(work: Work, table: Table) -> None:
    """Set aside forms that were submitted before their session began."""
    if not table.is_session_form:
        return
    work.set_aside(
        table,
        f"""
        select form.row_id, 'feedback_before_session'
        from {LANDING}.{table.name} as form
        left join {_stored_sessions(work, table)} as stored on stored.session_id = form.session_id
        left join {_landed_sessions(work)} as landed on landed.session_id = form.session_id
        where
            form.submitted_at < coalesce(landed.begins_at, stored.begins_at)
            and {work.is_kept(table, "form")}
        """,
    )


_SESSION = """
    select session.session_id, coalesce(session.started_at, session.scheduled_at) as begins_at
"""


def _stored_sessions(work: Work, table: Table) -> str:
    """Write the relation of stored sessions as they stand, sought one by one where that is less."""
    stored = f"{_SESSION} from raw.sessions as session where session.valid_to is null"
    if work.prefers_lookup("sessions", work.n_landed[table.name]):
        return f"lateral ({stored} and session.session_id = form.session_id offset 0)"
    return f"({stored})"


def _landed_sessions(work: Work) -> str:
    """Write the relation of this load's sessions, each in its last version."""
    if not work.n_open["sessions"]:
        # Those set aside say nothing: what is stored holds.
        return f"({_SESSION} from {LANDING}.sessions as session where false)"
    return f"""(
        {_SESSION} from {LANDING}.sessions as session
        left join chain_sessions as chain on chain.row_id = session.row_id
        where not coalesce(chain.has_next, false) and not exists (
            select from aside_sessions as aside where aside.row_id = session.row_id
        )
    )"""
