"""Raw files in: one load for all tables, then the clock, then the raw gate."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from threading import Thread

import dagster as dg

from expectations import raw, raw_recent
from expectations.checks import Suite
from orchestration.lib.clock import set_clock
from orchestration.lib.dbt_project import dbt_vars, source_keys
from orchestration.lib.gates import check_result, run_gate
from orchestration.lib.hand_over import find_hand_over
from orchestration.lib.loading import (
    Inbox,
    LoadReport,
    contract,
    count_waiting,
    load,
    together,
)
from orchestration.lib.prepare import candidate_form, excuse_reasons
from orchestration.lib.progress import stage
from orchestration.lib.session import RunSession

# Everything dbt reads that neither dbt nor a fit writes.
LOADED = source_keys("raw", "quarantine", "run", "ingestion")
GATED = {key.path[-1]: key for key in source_keys("raw")}
GATE = "raw_gate"


@dg.multi_asset(
    name="load",
    specs=[dg.AssetSpec(key, group_name="ingestion") for key in LOADED],
    # A structural disaster stops the run; single bad rows wait in quarantine already.
    check_specs=[dg.AssetCheckSpec(GATE, asset=key, blocking=True) for key in GATED.values()],
)
def load_hand_over(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[RunSession]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Take the hand-over up in one transaction, and set the instant the run stands for.

    What people recorded here follows in a transaction of its own: it names the hand-over's rows.
    """
    source = find_hand_over(session.settings, session.warehouse)
    # Importing it takes three seconds, in which the load mostly waits for the server.
    Thread(target=import_module, args=("great_expectations",), daemon=True).start()
    report = _load(session, source, "load") if source else _nothing_handed_over()
    if session.settings.tried is None and _is_anything_recorded(session):
        recorded = _load(session, Inbox(session.warehouse.dsn), "decisions")
        report = together(report, recorded)
    with session.warehouse.connect() as connection:
        as_of = set_clock(connection, session.scope)
    with stage("raw gate") as shown:
        outcomes = run_gate(session.warehouse, context.run_id, _suites(session))
        failed = [outcome for outcome in outcomes if not outcome.success]
        shown.say(f"{len(outcomes)} checks, {len(failed)} failed, as of {as_of:%Y-%m-%d}")
    counts = {table.table: table for table in report.tables}
    for key in LOADED:
        found = counts.get(key.path[-1]) if key.path[0] == "raw" else None
        metadata = {"as_of": as_of.isoformat(), "load_seq": report.load_seq}
        if found is not None:
            metadata |= {
                "read": found.n_read,
                "accepted": found.n_accepted,
                "unchanged": found.n_unchanged,
                "quarantined": found.n_quarantined,
                "released": found.n_released,
                "rules": dict(found.rules),
                "unknown_columns": list(found.unknown_columns),
            }
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    for table, key in GATED.items():
        of_table = [outcome for outcome in outcomes if outcome.table == table]
        yield check_result(GATE, key, of_table, blocks=True)


def _nothing_handed_over() -> LoadReport:
    with stage("load") as shown:
        shown.say("RAW is not set: scoring anew what is here")
    return LoadReport(load_id=0, load_seq=0, known_at=None, tables=())


def _is_anything_recorded(session: RunSession) -> bool:
    with session.warehouse.connect() as connection:
        return count_waiting(connection, contract(candidate_form())) > 0


def _load(session: RunSession, source: Path | str | Inbox, what: str) -> LoadReport:
    with stage(what) as shown:
        report = load(
            session.warehouse.dsn,
            source,
            progress=lambda line: shown.advance(0, 0, line),
            questions=candidate_form(),
            rating_min=dbt_vars()["rating_min"],
            rating_max=dbt_vars()["rating_max"],
            excuse_reasons=excuse_reasons(),
        )
        read, accepted, quarantined = (
            sum(getattr(table, name) for table in report.tables)
            for name in ("n_read", "n_accepted", "n_quarantined")
        )
        shown.say(f"{read:,} rows, {accepted:,} new, {quarantined:,} bad")
    return report


def _suites(session: RunSession) -> list[Suite]:
    return [
        suite
        for border in (raw, raw_recent)
        for suite in border.suites(
            questions=candidate_form(),
            rating_min=dbt_vars()["rating_min"],
            rating_max=dbt_vars()["rating_max"],
            clock=f"{session.warehouse.schema('run')}.clock",
        )
    ]
