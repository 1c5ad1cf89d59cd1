"""The main job from the outside: everything through Dagster, and what went wrong in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg

from orchestration.lib.clock import RunScope, decide_scope
from orchestration.lib.dagster_history import write_history_without_waiting
from orchestration.lib.dbt_project import ensure_manifest, manifest_path
from orchestration.lib.environment import write_dagster_settings
from orchestration.lib.progress import stage
from orchestration.lib.settings import Settings

JOB = "everything"
# dbt's errors can quote a whole query; a sentence is what people read.
SENTENCE_LENGTH = 400
WRAPPERS = ("DagsterExecutionStepExecutionError", "DagsterResourceFunctionError")


def materialize_everything(home: Path, name: str = JOB) -> tuple[str, ...]:
    """Materialize every asset of a job in this process, with Dagster's history in ``DAGSTER_HOME``.

    Returns
    -------
    tuple of str
        One sentence for each thing that stopped the run; empty when it published or, where it
        looks back, built everything.

    Raises
    ------
    UserError
        When the dbt project does not parse.
    """
    write_dagster_settings(os.environ.setdefault("DAGSTER_HOME", os.fspath(home / "dagster")))
    write_history_without_waiting()
    with stage("definitions") as shown:
        is_parsed = ensure_manifest(manifest_path())
        # Only now: the definitions are made from the manifest.
        from orchestration.definitions import defs

        job = defs.resolve_job_def(name)
        n_assets = len(job.asset_layer.executable_asset_keys)
        shown.say(f"{n_assets} assets" + (", dbt project parsed" if is_parsed else ""))
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    if any(map(_is_interrupted, result.all_events)):
        # Dagster turned Ctrl-C into the failure of a step; here it is Ctrl-C again.
        raise KeyboardInterrupt
    return tuple(dict.fromkeys(_problems(result.all_events)))


def run_scope(dsn: str, settings: Settings) -> RunScope:
    """Say which schemas the run that has just ended filled."""
    with psycopg.connect(dsn, application_name="ratings") as connection:
        return decide_scope(connection, settings.as_of)


def _is_interrupted(event: dg.DagsterEvent) -> bool:
    if not event.is_step_failure:
        return False
    chain = _causes(event.step_failure_data.error)
    return any(link.cls_name == "DagsterExecutionInterruptedError" for link in chain)


def _problems(events: list[dg.DagsterEvent]) -> Iterator[str]:
    failed_steps = [event for event in events if event.is_step_failure]
    for event in failed_steps:
        yield _sentence(event.step_failure_data.error, event.step_key)
    if failed_steps:
        return
    # Before the first step: the session did not open.
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if error is not None:
            yield _sentence(error, None)


def _sentence(error: Any, step: str | None) -> str:
    """Find the sentence in an error and its causes: ours if there is one, else the innermost."""
    chain = list(_causes(error))
    for link in chain:
        if link.cls_name == "UserError":
            return _first_part(link.message.split("UserError: ", 1)[-1])
    innermost = next((link for link in reversed(chain) if link.cls_name not in WRAPPERS), chain[-1])
    text = innermost.message
    if "Errors parsed from dbt logs:" in text:
        text = "dbt: " + text.split("Errors parsed from dbt logs:", 1)[1]
    where = f"Step {step} failed: " if step else "The run failed: "
    return where + _first_part(text)


def _causes(error: Any) -> Iterator[Any]:
    while error is not None:
        yield error
        error = error.cause


def _first_part(text: str) -> str:
    sentence = " ".join(text.split())
    return sentence if len(sentence) <= SENTENCE_LENGTH else sentence[:SENTENCE_LENGTH] + " ..."
