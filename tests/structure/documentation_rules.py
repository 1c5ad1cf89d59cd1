"""The rules of what a model says about itself, and of how its grain is held."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layer_rules import PUBLISHED
from project_graph import Model, Project

GRAIN = re.compile(r"\b(?:exactly )?one row (?:per|for each|for every)\b", re.IGNORECASE)
KEY_TESTS = ("unique", "unique_combination")
DESCRIBED = (*PUBLISHED, "marts")


def without_grain(models: Iterable[Model]) -> list[str]:
    """Models whose description does not state the grain."""
    return [
        f"{model.path}: its description does not state the grain ('One row per ...')"
        for model in models
        if not GRAIN.search(model.description)
    ]


def without_key_test(models: Iterable[Model]) -> list[str]:
    """Models whose grain no test holds."""
    return [
        f"{model.path}: no key test ({' or '.join(KEY_TESTS)})"
        for model in models
        if not set(KEY_TESTS) & set(model.tests)
    ]


def undescribed_columns(models: Iterable[Model]) -> list[str]:
    """Published columns with no description, or one that only repeats the name."""
    return [
        f"{model.path}: {column} {'has no description' if not text.strip() else 'repeats its name'}"
        for model in models
        if model.folder in DESCRIBED
        for column, text in model.columns.items()
        if _plain(text) in ("", _plain(column))
    ]


def without_contract(models: Iterable[Model]) -> list[str]:
    """Published models without an enforced contract, columns, or public access."""
    found = []
    for model in models:
        if model.folder not in DESCRIBED:
            continue
        if not (model.is_contracted and model.columns):
            found.append(f"{model.path}: no enforced contract")
        if model.access != "public":
            found.append(f"{model.path}: access {model.access}, expected public")
    return found


def without_stamp(models: Iterable[Model]) -> list[str]:
    """Published models that do not say which instant and which fit they stand for.

    The portal shows interviewers rows of such tables, and tells them of no fit.
    """
    return [
        f"{model.path}: no column {column}"
        for model in models
        if model.folder in PUBLISHED and model.folder != "portal"
        for column in ("as_of", "fit_id")
        if column not in model.columns
    ]


def without_reader(project: Project) -> list[str]:
    """Published models of which no exposure says who reads them."""
    return [
        f"{model.path}: no exposure names its reader"
        for model in project.models
        if model.folder in DESCRIBED and model.name not in project.read_outside
    ]


def without_unit_test(models: Iterable[Model]) -> list[str]:
    """Scoring and policy rules that no hand-worked example checks."""
    return [
        f"{model.path}: no unit test"
        for model in models
        if model.folder in ("scores", "policy") and model.n_unit_tests == 0
    ]


def _plain(text: str) -> str:
    words = re.findall(r"[a-z0-9]+", text.lower().replace("_", " "))
    return " ".join(word for word in words if word not in ("the", "a", "an"))
