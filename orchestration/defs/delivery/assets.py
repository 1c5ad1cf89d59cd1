"""The way out: the candidate set passes its gate, and is published as one set."""

from collections.abc import Iterator

import dagster as dg

from expectations import published
from expectations.checks import Suite
from orchestration.lib.dbt_project import dbt_vars, model_keys
from orchestration.lib.gates import check_result, run_gate
from orchestration.lib.prepare import candidate_form
from orchestration.lib.progress import stage
from orchestration.lib.publishing import candidate_schema, count_rows, has_published, publish
from orchestration.lib.session import RunSession

CANDIDATES = model_keys(*dbt_vars()["published_folders"])
CANDIDATE_SET = dg.AssetKey(["delivery", "candidate_set"])
GATE = "published_gate"


@dg.asset(
    key=CANDIDATE_SET,
    deps=CANDIDATES,
    group_name="delivery",
    check_specs=[dg.AssetCheckSpec(GATE, asset=CANDIDATE_SET, blocking=True)],
)
def candidate_set(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[RunSession]
) -> Iterator[dg.MaterializeResult]:
    """Everything that is about to be published, looked at whole."""
    with stage("published gate") as shown:
        outcomes = run_gate(session.warehouse, context.run_id, _suites(session))
        verdict = check_result(GATE, CANDIDATE_SET, outcomes, blocks=True)
        failed = [outcome for outcome in outcomes if not outcome.success]
        shown.say(f"{len(outcomes)} checks, {len(failed)} failed")
    with session.warehouse.connect() as connection:
        rows = count_rows(connection, [key.path for key in CANDIDATES], session.scope)
    yield dg.MaterializeResult(
        asset_key=CANDIDATE_SET, metadata={"rows": rows}, check_results=[verdict]
    )


@dg.asset(key=["delivery", "published_set"], deps=[CANDIDATE_SET], group_name="delivery")
def published_set(session: dg.ResourceParam[RunSession]) -> dg.MaterializeResult:
    """The published tables, brought to the candidate set in one transaction."""
    with stage("publish") as shown:
        if session.scope.publishes_nothing:
            shown.say("nothing: it stands before the published")
            return dg.MaterializeResult(metadata={"published": False})
        with session.warehouse.connect() as connection:
            publication = publish(connection, session.dbt, session.dbt_artifacts)
        shown.say(f"{publication.n_tables} tables, {publication.n_rows:,} rows, as one set")
    return dg.MaterializeResult(
        metadata={"published": True, "rows": publication.n_rows, "tables": publication.n_tables}
    )


def _suites(session: RunSession) -> list[Suite]:
    with session.warehouse.connect() as connection:
        compared = (
            "scores" if has_published(connection) and not session.scope.publishes_nothing else None
        )
    limits = ("rating_min", "rating_max", "lookback_sessions", "min_rated_sessions")
    return published.suites(
        schema=candidate_schema("scores", session.scope),
        published_schema=compared,
        clock=f"{session.warehouse.schema('run')}.clock",
        factors=candidate_form(),
        **{name: dbt_vars()[name] for name in limits},
    )
