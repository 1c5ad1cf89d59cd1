"""dbt's manifest as the rules see it, so plain that a rule can be tried on a made-up model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Model:
    """One dbt model; its parents are written ``folder.model``, ``seeds.x``, ``source:x.table``."""

    name: str
    folder: str
    path: str = ""
    schema: str = ""
    group: str = ""
    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    code: str = ""
    is_view: bool = False
    is_contracted: bool = False
    access: str = "protected"
    tests: tuple[str, ...] = ()
    n_unit_tests: int = 0


@dataclass(frozen=True)
class Project:
    """The models, and what is said about them elsewhere: sources and exposures."""

    models: tuple[Model, ...]
    fitted_sources: frozenset[str] = frozenset()
    source_asset_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ml_exposures_of: Mapping[str, int] = field(default_factory=dict)
    read_outside: frozenset[str] = frozenset()
    tests_on_fitted_source: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    macros: Mapping[str, str] = field(default_factory=dict)


def read_project(manifest: Mapping[str, Any]) -> Project:
    """Turn dbt's manifest into the rules' view of it."""
    nodes = manifest["nodes"]
    tests = [node for node in nodes.values() if node["resource_type"] == "test"]
    own = manifest["metadata"]["project_name"]
    ml = [each for each in manifest["exposures"].values() if each["type"] == "ml"]
    read_by_fits = [node.split(".")[-1] for each in ml for node in each["depends_on"]["nodes"]]
    fitted = {
        source["name"]: source
        for source in manifest["sources"].values()
        if source["source_name"] == "fitted"
    }
    return Project(
        models=tuple(
            _model(node, manifest, tests)
            for node in nodes.values()
            if node["resource_type"] == "model"
        ),
        fitted_sources=frozenset(fitted),
        source_asset_keys={name: _asset_key(source) for name, source in fitted.items()},
        ml_exposures_of={name: read_by_fits.count(name) for name in read_by_fits},
        read_outside=frozenset(
            node.split(".")[-1]
            for each in manifest["exposures"].values()
            for node in each["depends_on"]["nodes"]
        ),
        tests_on_fitted_source=tuple(
            test["name"]
            for test in tests
            if any(node.startswith(f"source.{own}.fitted.") for node in test["depends_on"]["nodes"])
        ),
        disabled=tuple(manifest["disabled"]),
        macros={
            macro["original_file_path"]: macro["macro_sql"]
            for macro in manifest["macros"].values()
            if macro["package_name"] == own
        },
    )


def _model(
    node: Mapping[str, Any], manifest: Mapping[str, Any], tests: list[Mapping[str, Any]]
) -> Model:
    key = node["unique_id"]
    attached = [test["test_metadata"]["name"] for test in tests if test.get("attached_node") == key]
    unit_tests = [
        each for each in manifest["unit_tests"].values() if key in each["depends_on"]["nodes"]
    ]
    return Model(
        name=node["name"],
        folder=node["fqn"][1],
        path=node["original_file_path"],
        schema=node["schema"],
        group=node["config"]["meta"].get("dagster", {}).get("group", ""),
        description=node["description"],
        columns={name: each["description"] for name, each in node["columns"].items()},
        parents=tuple(_parent(each, manifest) for each in node["depends_on"]["nodes"]),
        code=node["raw_code"],
        is_view=node["config"]["materialized"] == "view",
        is_contracted=node["config"]["contract"]["enforced"],
        access=node["access"],
        tests=tuple(attached),
        n_unit_tests=len(unit_tests),
    )


def _parent(key: str, manifest: Mapping[str, Any]) -> str:
    kind, _, *name = key.split(".")
    if kind == "source":
        return f"source:{'.'.join(name)}"
    if kind == "seed":
        return f"seeds.{name[0]}"
    return f"{manifest['nodes'][key]['fqn'][1]}.{name[0]}"


def _asset_key(source: Mapping[str, Any]) -> tuple[str, ...]:
    """Dagster's key for a dbt source: the meta's, else (source, table)."""
    meta = source["config"].get("meta") or source["meta"]
    stated = meta.get("dagster", {}).get("asset_key")
    return tuple(stated or (source["source_name"], source["name"]))
