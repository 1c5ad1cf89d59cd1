"""The rules of the layers: who may read whom, and how a model, its folder and schema are named.

A rule takes models and returns one line for each offence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from project_graph import Model, Project

CLOCK = "source:run.clock"
ALLOWED_PARENTS = {
    "staging": ("source:raw.", CLOCK, "seeds."),
    "intermediate": ("staging.", "intermediate.", "seeds.", CLOCK),
    "marts": ("staging.", "intermediate.", "marts.", "seeds.", CLOCK),
    "panels": ("intermediate.", "marts.", "fitted.", "adjusted.", "seeds.", CLOCK),
    "fitted": ("source:fitted.", "panels.", CLOCK),
    # Where the numbers of a fit meet the rows they are about.
    "adjusted": (
        "intermediate.",
        "marts.",
        "fitted.",
        "adjusted.",
        "seeds.",
        CLOCK,
        "source:published.",
    ),
    # What two periods are set against each other by.
    "compared": ("intermediate.", "marts.", "fitted.", "adjusted.", "compared.", "seeds.", CLOCK),
    "scores": (
        "intermediate.",
        "marts.",
        "fitted.",
        "adjusted.",
        "scores.",
        "seeds.",
        CLOCK,
        # What changed is told against what was published before.
        "source:run.publications",
        "source:published.",
    ),
    # Whether the scores do what they promise: figures for the reports, read by nobody else.
    "validity": (
        "intermediate.",
        "marts.",
        "fitted.",
        "adjusted.",
        "scores.",
        "validity.",
        "seeds.",
        CLOCK,
    ),
    # What is known of each interviewer each Monday, and the standing that follows from it.
    "evaluated": (
        "intermediate.",
        "marts.",
        "fitted.",
        "adjusted.",
        "scores.",
        "evaluated.",
        "seeds.",
        CLOCK,
        "source:published_policy.",
    ),
    "policy": (
        "marts.",
        "fitted.",
        "scores.",
        "evaluated.",
        "policy.",
        "seeds.",
        CLOCK,
        "source:published_policy.",
    ),
    "reports": (
        "intermediate.",
        "marts.",
        "fitted.",
        "adjusted.",
        "compared.",
        "scores.",
        "policy.",
        "validity.",
        "reports.",
        "seeds.",
        "source:run.",
        "source:ingestion.",
        "source:quarantine.",
        "source:fitted.fit_registry",
    ),
    "portal": ("marts.", "scores.", "policy.", "reports.", "seeds.", CLOCK),
}
PREFIXES = {
    "staging": ("stg_",),
    "intermediate": ("int_",),
    "marts": ("dim_", "fct_"),
    "panels": ("pnl_",),
    "fitted": ("fit_",),
    "adjusted": ("int_",),
    "compared": ("int_",),
    "validity": ("int_",),
    "evaluated": ("int_",),
    "scores": ("fct_",),
    "policy": ("fct_",),
    "reports": ("rpt_",),
    "portal": ("fct_", "rpt_"),
}
# Built beside the published tables and merged into them as a set.
PUBLISHED = ("scores", "policy", "reports", "portal")
MOST_MODELS = 10
GATE_REPORT = "rpt_data_quality"
WALL_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|\b(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b"
    r"|'(?:now|today|yesterday|tomorrow)'\s*(?:::|as\b)\s*(?:date|time)"
    r"|\b(?:date|timestamp|timestamptz)\s+'(?:now|today|yesterday|tomorrow)'"
    r"|\b(?:run_started_at|modules\.datetime)\b",
    re.IGNORECASE,
)
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/|\{#.*?#\}", re.DOTALL)


def misplaced_reads(models: Iterable[Model]) -> list[str]:
    """Models that read a layer they must not."""
    return [
        f"{model.path}: {model.folder} may not read {parent}"
        for model in models
        for parent in model.parents
        if not parent.startswith(ALLOWED_PARENTS.get(model.folder, ()))
    ]


def impure_staging(models: Iterable[Model]) -> list[str]:
    """Staging models that do not read exactly one raw table."""
    found = []
    for model in models:
        raw = [parent for parent in model.parents if parent.startswith("source:raw.")]
        if model.folder == "staging" and len(raw) != 1:
            found.append(f"{model.path}: reads {len(raw)} raw tables, a staging model reads one")
    return found


def wrong_names(models: Iterable[Model]) -> list[str]:
    """Models without their folder's prefix; staging models without source and table."""
    found = []
    for model in models:
        prefixes = PREFIXES.get(model.folder, ())
        if not model.name.startswith(prefixes):
            found.append(f"{model.path}: expected the prefix {' or '.join(prefixes) or '(none)'}")
        if model.folder == "staging":
            source = model.path.split("/")[-2]
            if not model.name.startswith(f"stg_{source}__"):
                found.append(f"{model.path}: expected the name stg_{source}__<table>")
    return found


def wrong_depth(models: Iterable[Model]) -> list[str]:
    """Files elsewhere than models/staging/<source>/file or models/<folder>/[<subject>/]file."""
    found = []
    for model in models:
        home, depths = "models/<folder>/[<subject>/]", (2, 3)
        if model.folder == "staging":
            home, depths = "models/staging/<source>/", (3,)
        if model.folder not in PREFIXES or model.path.count("/") not in depths:
            found.append(f"{model.path}: expected {home}<file>, with a folder of the house")
    return found


def wrong_homes(models: Iterable[Model]) -> list[str]:
    """Models whose schema or Dagster group is not their folder."""
    found = []
    for model in models:
        schema = f"{model.folder}_next" if model.folder in PUBLISHED else model.folder
        if model.schema != schema:
            found.append(f"{model.path}: schema {model.schema!r}, expected {schema!r}")
        if model.group != model.folder:
            found.append(f"{model.path}: group {model.group!r}, expected {model.folder!r}")
    return found


def crowded_folders(models: Iterable[Model]) -> list[str]:
    """Folders past ten models, which are to be split."""
    sizes = Counter(model.path.rpartition("/")[0] for model in models)
    return [f"{folder}: {n} models" for folder, n in sizes.items() if n > MOST_MODELS]


def clock_readers(models: Iterable[Model], macros: Mapping[str, str]) -> list[str]:
    """Models and macros that read a clock instead of ``run.clock``.

    The portal's live view is the one exception: it shows feedback since ``as_of``. Publishing
    stamps when it happened, which is no figure.
    """
    texts = {
        model.path: model.code
        for model in models
        if not (model.folder == "portal" and model.is_view)
    }
    texts |= {path: code for path, code in macros.items() if "/publish/" not in path}
    return [
        f"{path}: reads a clock ({match.group()}); use run.clock"
        for path, code in texts.items()
        if (match := WALL_CLOCK.search(COMMENT.sub("", code)))
    ]


def broken_fit_borders(project: Project) -> list[str]:
    """Fits whose panel, source, exposure and ``fit_`` model do not all stand for one stem."""
    models = {model.name: model for model in project.models}
    stems = {
        model.name.partition("_")[2]
        for model in project.models
        if model.folder in ("panels", "fitted")
    } | (project.fitted_sources - {"fit_registry"})
    found = []
    for stem in sorted(stems):
        fit, panel = models.get(f"fit_{stem}"), models.get(f"pnl_{stem}")
        if fit is None or panel is None:
            found.append(f"{stem}: needs both pnl_{stem} and fit_{stem}")
            continue
        line = re.compile(
            rf"^--\s*depends_on:\s*\{{\{{\s*ref\(\s*['\"]pnl_{stem}['\"]\s*\)\s*\}}\}}",
            re.MULTILINE,
        )
        if not line.search(fit.code):
            found.append(f"{fit.path}: names no panel in a `-- depends_on:` line")
        panels = [parent for parent in fit.parents if parent.startswith("panels.")]
        if panels != [f"panels.pnl_{stem}"]:
            found.append(f"{fit.path}: depends on {panels}, expected only pnl_{stem}")
        if f"source:fitted.{stem}" not in fit.parents:
            found.append(f"{fit.path}: does not read the source fitted.{stem}")
        if project.source_asset_keys.get(stem) != ("fitted", stem):
            found.append(f"fitted.{stem}: the source's asset key must be fitted/{stem}")
        if project.ml_exposures_of.get(f"pnl_{stem}") != 1:
            found.append(f"{panel.path}: expected one exposure of type ml")
    return found


def unwatched_fits(models: Iterable[Model]) -> list[str]:
    """Fits that the report on data quality does not wait for, so that it misses their gates."""
    models = list(models)
    watched = {parent for model in models if model.name == GATE_REPORT for parent in model.parents}
    return [
        f"{model.path}: {GATE_REPORT} does not depend on it"
        for model in models
        if model.folder == "fitted" and f"fitted.{model.name}" not in watched
    ]
