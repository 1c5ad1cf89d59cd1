"""Every dbt model and seed, as one set of assets: Dagster itself splits it around the fits."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.lib.dbt_project import (
    FolderTranslator,
    dbt_project,
    manifest,
)
from orchestration.lib.progress import stage
from orchestration.lib.session import RunSession

# Unit tests check the code, not the data: they belong to `make test`. A test between two tables
# waits until both are built, though the fits lie between them: hence "buildable".
BUILD = ("build", "--exclude", "resource_type:unit_test", "--indirect-selection", "buildable")


@dbt_assets(
    manifest=manifest(),
    project=dbt_project(),
    dagster_dbt_translator=FolderTranslator(),
    name="warehouse",
)
def warehouse(
    context: dg.AssetExecutionContext, session: dg.ResourceParam[RunSession]
) -> Iterator[Any]:
    """Build and test the models of this step."""
    total = len(context.selected_asset_keys) + len(context.selected_asset_check_keys)
    with stage("build") as shown:
        invocation = session.dbt.cli(
            [*BUILD, *session.dbt_arguments], context=context, target_path=session.dbt_artifacts
        )
        n_models = n_tests = 0
        for event in invocation.stream():
            is_model = isinstance(event, dg.Output | dg.AssetMaterialization)
            n_models, n_tests = n_models + is_model, n_tests + (not is_model)
            shown.advance(n_models + n_tests, total)
            yield event
        shown.say(f"{n_models} models and seeds, {n_tests} tests")
