"""The Python border: a panel out, a fitted table and its `fit_` model back, all of one stem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import dagster as dg
import layer_rules as rules
import pytest
from offenders import expect_none
from project_graph import Model, Project

from expectations import fitted

PANEL = Model(name="pnl_bias", folder="panels", path="models/panels/pnl_bias.sql")
FIT = Model(
    name="fit_bias",
    folder="fitted",
    path="models/fitted/fit_bias.sql",
    code="-- depends_on: {{ ref('pnl_bias') }}\nselect 1",
    parents=("panels.pnl_bias", "source:fitted.bias", "source:fitted.fit_registry"),
)
BORDER = Project(
    models=(PANEL, FIT),
    fitted_sources=frozenset({"bias", "fit_registry"}),
    source_asset_keys={"bias": ("fitted", "bias")},
    ml_exposures_of={"pnl_bias": 1},
)


def stems(project: Project) -> list[str]:
    return [model.name.removeprefix("fit_") for model in project.models if model.folder == "fitted"]


def specs_of(definitions: dg.Definitions) -> Sequence[dg.AssetSpec]:
    return [*definitions.resolve_all_asset_specs()]


@pytest.fixture(scope="module")
def specs(project: Project) -> dict[dg.AssetKey, dg.AssetSpec]:
    # Imported late: loading the definitions parses the dbt project, which takes seconds.
    from orchestration import definitions

    return {spec.key: spec for spec in specs_of(definitions.defs)}


def test_panel_source_exposure_and_fit_model_share_a_stem(project: Project) -> None:
    expect_none(rules.broken_fit_borders(project))


def test_no_test_hangs_on_the_fitted_source(project: Project) -> None:
    # A Dagster run would never execute it: it belongs on the fit_ model.
    assert project.tests_on_fitted_source == ()


def test_every_fit_is_an_asset_that_reads_its_panel_alone(
    project: Project, specs: dict[dg.AssetKey, dg.AssetSpec]
) -> None:
    assert stems(project)
    for stem in stems(project):
        key = dg.AssetKey(["fitted", stem])
        assert key in specs, f"no asset fitted/{stem}"
        read = [dep.asset_key for dep in specs[key].deps]
        assert read == [dg.AssetKey(["panels", f"pnl_{stem}"])], f"fitted/{stem} reads {read}"


def test_every_model_is_an_asset_in_its_folder_s_group(
    project: Project, specs: dict[dg.AssetKey, dg.AssetSpec]
) -> None:
    groups = {tuple(key.path): spec.group_name for key, spec in specs.items()}
    strays = [
        model.path
        for model in project.models
        if groups.get((model.folder, model.name)) != model.folder
    ]
    expect_none(strays)


def test_every_fit_has_a_gate(project: Project) -> None:
    assert set(stems(project)) == set(fitted.stems())


@pytest.mark.parametrize(
    "broken",
    [
        replace(BORDER, models=(FIT,)),
        replace(BORDER, models=(PANEL,)),
        replace(BORDER, models=(PANEL, replace(FIT, code="select 1"))),
        replace(BORDER, models=(PANEL, replace(FIT, code="-- depends_on: {{ ref('pnl_other') }}"))),
        replace(BORDER, models=(PANEL, replace(FIT, parents=("source:fitted.bias",)))),
        replace(BORDER, models=(PANEL, replace(FIT, parents=("panels.pnl_bias",)))),
        replace(BORDER, source_asset_keys={"bias": ("bias",)}),
        replace(BORDER, ml_exposures_of={}),
        replace(BORDER, fitted_sources=BORDER.fitted_sources | {"skill"}),
    ],
)
def test_a_broken_border_is_seen(broken: Project) -> None:
    assert rules.broken_fit_borders(BORDER) == []
    assert rules.broken_fit_borders(broken) != []
