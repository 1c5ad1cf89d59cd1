"""Writes the site: a landing page, dbt's documentation, and Dagster's asset graph."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.lib.clock import read_clock
from orchestration.lib.dbt_project import FolderTranslator, artifacts_dir, dbt_vars, manifest
from orchestration.lib.docs_site.asset_graph import Asset, by_group, read_assets
from orchestration.lib.docs_site.dbt_pages import generate_dbt_pages, seal
from orchestration.lib.docs_site.drawing import draw_assets, draw_groups
from orchestration.lib.environment import write_dagster_settings
from orchestration.lib.progress import stage
from orchestration.lib.settings import PROJECT_DIR

SITE_DIR = PROJECT_DIR / "target" / "docs"
TEMPLATES = Path(__file__).with_name("templates")
ARTIFACTS = "docs"


def write_site(home: Path, dsn: str, folder: Path | None = None) -> Path:
    """Write the whole site.

    Parameters
    ----------
    home : Path
        ``RATINGS_HOME``.
    dsn : str
        The prepared warehouse, whose tables dbt lists.
    folder : Path, optional
        Where the pages go; ``target/docs`` when absent.

    Returns
    -------
    Path
        The page to open.

    Raises
    ------
    UserError
        When dbt cannot parse the project or write its documentation.
    """
    write_dagster_settings(os.environ.setdefault("DAGSTER_HOME", os.fspath(home / "dagster")))
    artifacts = artifacts_dir(home, ARTIFACTS)
    with stage("dbt docs") as shown:
        dbt_page = seal(generate_dbt_pages(artifacts))
        dbt = _described(json.loads((artifacts / "manifest.json").read_bytes()))
        shown.say(f"{dbt['n_models']} models, {dbt['n_sources']} sources")
    with stage("asset graph") as shown:
        # Only now: the definitions are made from the manifest, and take seconds to import.
        from orchestration.definitions import defs

        assets = read_assets(defs, _source_descriptions())
        pages = {
            "dbt.html": dbt_page,
            "dagster.html": _asset_page(assets, _schedules(defs)),
            "index.html": _page("index.html", dbt=dbt, assets=assets, as_of=_as_of(dsn)),
        }
        shown.say(f"{len(assets)} assets, {sum(asset.n_checks for asset in assets)} checks")
    folder = (folder or SITE_DIR).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (folder / name).write_text(page, encoding="utf-8")
    return folder / "index.html"


def _asset_page(assets: tuple[Asset, ...], schedules: list[dict[str, str]]) -> str:
    return _page(
        "dagster.html",
        assets=assets,
        groups=by_group(assets),
        group_drawing=draw_groups(assets),
        asset_drawing=draw_assets(assets),
        schedules=schedules,
    )


def _page(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{template}.j2").render(values)


def _described(written: Mapping[str, Any]) -> dict[str, Any]:
    """What the landing page says of dbt's project."""
    project = written["metadata"]["project_name"]
    models = [node for node in written["nodes"].values() if node["resource_type"] == "model"]
    published = [
        {
            "id": node["unique_id"],
            "name": f"{node['fqn'][1]}.{node['name']}",
            "description": " ".join(node["description"].split("\n\n")[0].split()),
        }
        for node in models
        if node["fqn"][1] in dbt_vars()["published_folders"]
    ]
    exposures = Counter(
        node["type"] for node in written["exposures"].values() if node["package_name"] == project
    )
    return {
        "n_models": len(models),
        "n_sources": len(written["sources"]),
        "n_fits": exposures["ml"],
        "n_readers": exposures.total() - exposures["ml"],
        "published": sorted(published, key=lambda model: model["name"]),
    }


def _source_descriptions() -> dict[str, str]:
    translator = FolderTranslator()
    return {
        translator.get_asset_key(source).to_user_string(): source["description"]
        for source in manifest()["sources"].values()
    }


def _schedules(definitions: dg.Definitions) -> list[dict[str, str]]:
    repository = definitions.get_repository_def()
    return [
        {
            "name": schedule.name,
            "cron": f"{schedule.cron_schedule}",
            "job": schedule.job_name,
            "description": repository.get_job(schedule.job_name).description or "",
        }
        for schedule in sorted(repository.schedule_defs, key=lambda found: found.name)
    ]


def _as_of(dsn: str) -> str | None:
    """The instant the figures stand for, unless nothing has been loaded yet."""
    with psycopg.connect(dsn, application_name="ratings") as connection:
        as_of = read_clock(connection)
    return f"{as_of:%Y-%m-%d %H:%M} UTC" if as_of.timestamp() > 0 else None
