"""The rules of the Python source, as functions of a file's text."""

from __future__ import annotations

import ast
import re

LONGEST_FILE = 250
LONGEST_YAML = 300
LONGEST_BODY = 40
# What an estimator has no business with: the frameworks and drivers around it, clocks, the
# environment, processes, and a generator whose state is shared by everybody.
FORBIDDEN_IMPORTS = {
    "adbc_driver_manager",
    "adbc_driver_postgresql",
    "dagster",
    "dagster_dbt",
    "dbt",
    "expectations",
    "great_expectations",
    "orchestration",
    "os",
    "psycopg",
    "psycopg2",
    "random",
    "requests",
    "socket",
    "sqlalchemy",
    "subprocess",
    "time",
    "urllib",
}
MACRO_NAME = re.compile(r"\{%-?\s*(?:macro|test)\s+(\w+)\s*\(")
GLOBAL_DRAW = re.compile(r"(?:np|numpy)\.random\.\w+")
CLOCK_CALLS = {"now", "utcnow", "today"}
SEEDED = {"Generator", "PCG64", "SeedSequence", "default_rng"}


def impure_lines(text: str) -> list[str]:
    """What in an estimator's module reaches outside it."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [
                f"line {node.lineno}: imports {name}"
                for name in _imported(node)
                if name.split(".")[0] in FORBIDDEN_IMPORTS
            ]
        elif isinstance(node, ast.Attribute):
            found += _impure_attribute(node)
        elif isinstance(node, ast.Call):
            found += _impure_call(node)
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def _impure_attribute(node: ast.Attribute) -> list[str]:
    dotted = ast.unparse(node)
    if GLOBAL_DRAW.fullmatch(dotted) and node.attr not in SEEDED:
        return [f"line {node.lineno}: {dotted} draws without a seed of its own"]
    return []


def _impure_call(node: ast.Call) -> list[str]:
    called = ast.unparse(node.func)
    last = called.split(".")[-1]
    if called == "print":
        return [f"line {node.lineno}: prints"]
    if "." in called and last in CLOCK_CALLS:
        return [f"line {node.lineno}: {called}() reads a clock"]
    if last == "default_rng" and not node.args and not node.keywords:
        return [f"line {node.lineno}: default_rng() without a seed"]
    return []


def long_bodies(text: str) -> list[str]:
    """Functions whose body, the docstring aside, takes forty lines or more."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
        if length >= LONGEST_BODY:
            found.append(f"line {node.lineno}: {node.name} has a body of {length} lines")
    return found


def prints(text: str) -> list[str]:
    """Calls of ``print``."""
    return [
        f"line {node.lineno}: prints"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]


def more_than_loading(text: str) -> list[str]:
    """What a ``definitions.py`` does besides importing and loading ``defs/``."""
    found = []
    for node in ast.parse(text).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_loading = (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func).split(".")[-1].startswith("load_")
        )
        if not (is_docstring or is_loading or isinstance(node, ast.Import | ast.ImportFrom)):
            found.append(f"line {node.lineno}: does more than load the definitions")
    return found


def named_hosts(text: str) -> list[str]:
    """Lines of a lock file that name where packages come from."""
    options = ("--index-url", "--extra-index-url", "--find-links", "-i ", "-f ")
    return [
        f"line {number}: names a host"
        for number, line in enumerate(text.splitlines(), start=1)
        if "://" in line or line.strip().startswith(options)
    ]


def crowded_macros(text: str) -> list[str]:
    """Macros besides a file's first one that are no helpers of it (no leading underscore)."""
    names = MACRO_NAME.findall(text)
    return [f"{name} belongs into a file of its own" for name in names[1:] if name[0] != "_"]
