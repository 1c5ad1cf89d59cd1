"""The dbt project as Dagster sees it: a manifest that is fresh, and keys named after folders."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject
from packaging import version

from orchestration.lib.errors import UserError
from orchestration.lib.settings import PROJECT_DIR

DBT_EXECUTABLE = Path(sys.executable).with_name("dbt")
PARSED_FROM = ("models", "macros", "seeds", "tests/dbt")
PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "requirements.lock")
DEFAULT_TARGET = "main"
LOADED_LAST = dg.AssetKey(["run", "clock"])


class FolderTranslator(DagsterDbtTranslator):
    """Names assets after their folder, as schemas and groups are: ``scores/fct_experience_scores``.

    Sources keep the key (source, table), which is how ``raw`` meets the loader and ``fitted``
    the fits.
    """

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Spec of a dbt node; a seed waits for the load."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if not unique_id.startswith("seed."):
            return spec
        # Without upstream assets, Dagster would give the seeds a dbt call of their own: five
        # seconds in every run. Waiting for the load, they join the first call.
        return spec.replace_attributes(deps=[LOADED_LAST])

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Key of a dbt node: its folder and its name."""
        if dbt_resource_props["resource_type"] in {"source", "test"}:
            return super().get_asset_key(dbt_resource_props)
        return dg.AssetKey([_folder(dbt_resource_props), dbt_resource_props["name"]])


class WarehouseDbt(DbtCliResource):
    """dbt as a child process, without the two detours the library takes before each call.

    It would run ``dbt --version``, which costs three seconds and asks a package index for news,
    and open a second adapter for column metadata that this project does not collect.
    """

    @cached_property
    def _cli_version(self) -> version.Version:
        return version.parse(installed_version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


def dbt_resource(target: str = DEFAULT_TARGET) -> WarehouseDbt:
    """Use dbt's executable beside this Python, building into one output of ``profiles.yml``."""
    return WarehouseDbt(
        project_dir=os.fspath(PROJECT_DIR),
        profiles_dir=os.fspath(PROJECT_DIR),
        dbt_executable=os.fspath(DBT_EXECUTABLE),
        target=target,
        # Its words go into a log and into sentences, not onto a terminal; Dagster reads its events
        # from the pipe, so neither artifacts nor ten megabytes of debug log are written besides.
        global_config_flags=[
            "--no-use-colors",
            "--log-level-file",
            "info",
            "--no-write-json",
        ],
    )


def artifacts_dir(home: Path, target: str = DEFAULT_TARGET) -> Path:
    """Where a run's dbt artifacts lie: connections that share them would re-parse each time."""
    return home / "dbt" / target


def manifest_path() -> Path:
    """Where ``dbt parse`` leaves the manifest that the definitions are made from."""
    return PROJECT_DIR / "target" / "manifest.json"


@cache
def dbt_project() -> DbtProject:
    """The project with a fresh manifest, parsed again only when one of its files changed."""
    ensure_manifest(manifest_path())
    return DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR)


@cache
def manifest() -> Mapping[str, Any]:
    """The parsed manifest."""
    return json.loads(Path(dbt_project().manifest_path).read_bytes())


def ensure_manifest(manifest_path: Path) -> bool:
    """Run ``dbt parse`` unless the manifest already stands for the project's files.

    Returns
    -------
    bool
        Whether it was parsed.

    Raises
    ------
    UserError
        When the project does not parse: dbt's own sentence.
    """
    stamp = manifest_path.with_name("manifest_parsed_from.txt")
    state = _project_state()
    if manifest_path.exists() and stamp.exists() and stamp.read_text() == state:
        return False
    refusal = dbt_refusal("parse")
    if refusal is not None:
        raise UserError(f"The dbt project does not parse: {refusal}; `dbt parse` shows it in full")
    stamp.write_text(state)
    return True


def dbt_refusal(*arguments: str) -> str | None:
    """Call dbt on this project, and return its own sentence if it fails."""
    done = subprocess.run(
        [os.fspath(DBT_EXECUTABLE), "--quiet", *arguments, "--target", DEFAULT_TARGET],
        cwd=PROJECT_DIR,
        env={**os.environ, "DBT_PROFILES_DIR": os.fspath(PROJECT_DIR)},
        capture_output=True,
        text=True,
        check=False,
    )
    return None if done.returncode == 0 else " ".join((done.stdout + done.stderr).split())[:600]


def source_keys(*sources: str) -> list[dg.AssetKey]:
    """Keys of every table of these dbt sources."""
    translator = FolderTranslator()
    nodes = manifest()["sources"].values()
    keys = {translator.get_asset_key(node) for node in nodes if node["source_name"] in sources}
    return sorted(keys)


def model_keys(*folders: str) -> list[dg.AssetKey]:
    """Keys of every model in these folders."""
    translator = FolderTranslator()
    nodes = manifest()["nodes"].values()
    models = (node for node in nodes if node["resource_type"] == "model")
    return sorted(translator.get_asset_key(node) for node in models if _folder(node) in folders)


@cache
def dbt_vars() -> Mapping[str, Any]:
    """The project's vars: the numbers that SQL and the gates share."""
    return yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def _folder(node: Mapping[str, Any]) -> str:
    # A seed lies in no folder below seeds/, so its fqn is the project and its name.
    return "seeds" if node["resource_type"] == "seed" else node["fqn"][1]


def _project_state() -> str:
    digest = hashlib.sha256()
    files = [PROJECT_DIR / name for name in PROJECT_FILES]
    for folder in PARSED_FROM:
        files += sorted((PROJECT_DIR / folder).rglob("*"))
    for file in files:
        if file.is_file():
            digest.update(f"{file.relative_to(PROJECT_DIR)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
