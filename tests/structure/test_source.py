"""The Python is what the house says: pure estimators, short files, no printing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import source_rules as rules
from offenders import expect_none
from source_tree import ROOT, files

Rule = Callable[[str], list[str]]

PYTHON = ("python_models", "orchestration", "expectations", "apps", "benchmarks", "tests")
MACRO = "{{% macro {}(x) -%}} {{{{ x }}}} {{%- endmacro %}}\n"
DEFINITIONS = '"""Loads defs/."""\nimport dagster as dg\ndefs = dg.load_defs(defs_root=folder)\n'


def offences(rule: Rule, paths: Iterable[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}, {each}" for path in paths for each in rule(path.read_text())
    ]


def test_estimators_reach_for_nothing_outside() -> None:
    estimators = files("python_models", suffix=".py")
    assert estimators
    expect_none(offences(rules.impure_lines, estimators))


def test_libraries_do_not_print() -> None:
    libraries = files("python_models", "orchestration/lib", "expectations", suffix=".py")
    expect_none(offences(rules.prints, libraries))


def test_definitions_only_load() -> None:
    expect_none(offences(rules.more_than_loading, [ROOT / "orchestration/definitions.py"]))


def test_function_bodies_stay_under_forty_lines() -> None:
    expect_none(offences(rules.long_bodies, files(*PYTHON, suffix=".py")))


@pytest.mark.parametrize(
    ("folders", "suffix", "limit"),
    [
        (PYTHON, ".py", rules.LONGEST_FILE),
        (("models", "macros", "tests/dbt"), ".sql", rules.LONGEST_FILE),
        (("models", "macros", "seeds"), ".yml", rules.LONGEST_YAML),
    ],
)
def test_files_stay_short(folders: tuple[str, ...], suffix: str, limit: int) -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in files(*folders, suffix=suffix)}
    too_long = [
        f"{path.relative_to(ROOT)}: {n} lines, fewer than {limit} wanted"
        for path, n in lengths.items()
        if n >= limit
    ]
    expect_none(too_long)


def test_nothing_is_called_utils() -> None:
    named = [
        str(path.relative_to(ROOT))
        for path in files(*PYTHON, suffix=".py")
        if "utils" in (*path.parts, path.stem)
    ]
    expect_none(named)


def test_models_files_are_named_after_their_folder() -> None:
    """One file a folder, or `_<folder>_<subject>__models.yml` where one would grow too long."""
    for folder in sorted((ROOT / "models").iterdir()):
        documented = sorted(folder.rglob("*__models.yml"))
        assert documented, folder.name
        for path in documented:
            assert path.name.startswith(f"_{path.parent.name}"), path


def test_a_macro_has_a_file_of_its_own() -> None:
    expect_none(offences(rules.crowded_macros, files("macros", suffix=".sql")))


def test_the_lock_file_names_no_host() -> None:
    expect_none(offences(rules.named_hosts, [ROOT / "requirements.lock"]))


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (rules.impure_lines, "import numpy as np", "import dagster as dg"),
        (rules.impure_lines, "import numpy as np", "from os import environ"),
        (rules.impure_lines, "import numpy as np", "import psycopg.sql"),
        (rules.impure_lines, "import numpy as np", "from dbt.cli import main"),
        (rules.impure_lines, "import datetime", "at = datetime.datetime.now()"),
        (rules.impure_lines, "at = pd.Timestamp(x)", "at = pd.Timestamp.today()"),
        (rules.impure_lines, "import math", "import time"),
        (rules.impure_lines, "r = np.random.default_rng(1)", "r = np.random.default_rng()"),
        (rules.impure_lines, "r.normal()", "np.random.normal()"),
        (rules.impure_lines, "import numpy", "import random"),
        (rules.impure_lines, "shown(x)", "print(x)"),
        (rules.prints, "shown(x)", "print(x)"),
        (rules.more_than_loading, DEFINITIONS, DEFINITIONS + "for x in defs: pass\n"),
        (rules.more_than_loading, DEFINITIONS, DEFINITIONS + "def job(): ...\n"),
        (rules.more_than_loading, DEFINITIONS, DEFINITIONS + "limit = int('3')\n"),
        (
            rules.long_bodies,
            "def f():\n" + "    x = 1\n" * 39,
            "def f():\n" + "    x = 1\n" * 40,
        ),
        (rules.long_bodies, 'def f():\n    """One."""\n    x = 1\n', "def f():\n" + " x\n" * 60),
        (rules.named_hosts, "numpy==2.4.0", "numpy @ https://example.org/numpy.whl"),
        (rules.named_hosts, "numpy==2.4.0", "--index-url x"),
        (rules.crowded_macros, MACRO.format("a") + MACRO.format("_b"), MACRO.format("a") * 2),
    ],
)
def test_each_rule_sees_its_offence(rule: Rule, good: str, bad: str) -> None:
    assert rule(good) == []
    assert rule(bad) != []
