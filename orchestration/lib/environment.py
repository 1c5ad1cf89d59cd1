"""What makes plain ``dbt``, ``dagster`` and ``pytest`` work in the project's own environment.

A line in ``site-packages/ratings.pth`` calls `apply` whenever an interpreter of that environment
starts. It must cost next to nothing, so it reads two small files and imports only `os` and `sys`.
"""

# pathlib and json alone take longer to import than all that is done here.
# ruff: noqa: PTH100, PTH103, PTH110, PTH111, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONNECTION_FILE = "connection.conf"
CONNECTION_VARIABLES = {
    "host": "RATINGS_PG_HOST",
    "port": "RATINGS_PG_PORT",
    "user": "RATINGS_PG_USER",
    "password": "RATINGS_PG_PASSWORD",
    "dbname": "RATINGS_PG_DBNAME",
    "sslmode": "RATINGS_PG_SSLMODE",
}
_SILENCE = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
_DAGSTER_SETTINGS = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"
_DAGSTER = ("dagster", "dagster-webserver", "dagster-daemon")
_DBT_BUILDING = ("build", "clone", "retry", "run", "run-operation", "seed", "snapshot", "test")
_DBT_WITH_SERVER = frozenset((*_DBT_BUILDING, "compile", "debug", "docs", "show", "source"))
_DBT_WITHOUT_SERVER = frozenset(("clean", "deps", "init", "list", "ls", "parse"))


def apply() -> None:
    """Set what is not set, and bring the warehouse up where the command is going to need it.

    Telemetry is off, Dagster lives in ``RATINGS_HOME``, and dbt's profile finds the connection.
    What keeps the warehouse from coming up is one line on stderr and exit status 2.
    """
    home = os.environ.get("RATINGS_HOME") or os.path.join(PROJECT, ".warehouse")
    home = os.path.abspath(os.path.expanduser(home))
    _forget_another_warehouse(os.environ.get("RATINGS_DSN") or home)
    for name, value in _SILENCE.items():
        os.environ.setdefault(name, value)
    # Absolute, because Dagster takes nothing else.
    own = os.path.join(home, "dagster")
    os.environ["DAGSTER_HOME"] = os.path.abspath(os.environ.get("DAGSTER_HOME") or own)
    command, arguments = _command(sys.orig_argv)
    if command in _DAGSTER:
        write_dagster_settings(os.environ["DAGSTER_HOME"])
    if command not in ("pytest", "py.test") and not os.environ.get("RATINGS_DSN"):
        for name, value in _read_connection(os.path.join(home, CONNECTION_FILE)):
            os.environ.setdefault(name, value)
    if _needs_server(command, arguments) and not os.environ.get("RATINGS_READY"):
        _prepare()


def write_dagster_settings(dagster_home: str | os.PathLike[str]) -> None:
    """Make Dagster's folder, with telemetry and its welcome dialogue off, unless it is there."""
    path = os.path.join(dagster_home, "dagster.yaml")
    if os.path.exists(path):
        return
    try:
        os.makedirs(dagster_home, exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(_DAGSTER_SETTINGS)
    except OSError:
        # Another start was faster, or the folder is not ours: Dagster itself will say so better.
        return


def install(venv_site_packages: Path) -> None:
    """Write the ``.pth`` file that puts the project on the path and calls `apply`.

    Parameters
    ----------
    venv_site_packages : Path
        The ``site-packages`` of the project's own environment.
    """
    # ascii(): the interpreter reads the file in whatever encoding the locale says.
    source = ascii(os.path.join(PROJECT, "orchestration", "lib", "environment.py"))
    call = "__import__('orchestration.lib.environment', fromlist=['apply']).apply()"
    content = f"{PROJECT}\nimport os; os.path.exists({source}) and {call}\n"
    (venv_site_packages / "ratings.pth").write_text(content, encoding="utf-8")


def _forget_another_warehouse(target: str) -> None:
    """Drop what a parent process learnt about another warehouse than the one now asked for."""
    before = os.environ.get("RATINGS_TARGET", target)
    if before != target:
        if os.environ.get("DAGSTER_HOME") == os.path.join(before, "dagster"):
            del os.environ["DAGSTER_HOME"]
        for name in ("RATINGS_READY", *CONNECTION_VARIABLES.values()):
            os.environ.pop(name, None)
    os.environ["RATINGS_TARGET"] = target


def _read_connection(path: str) -> list[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8") as file:
            pairs = [line.rstrip("\n").split("=", 1) for line in file if "=" in line]
    except OSError:
        return []
    return [(CONNECTION_VARIABLES[k], v) for k, v in pairs if k in CONNECTION_VARIABLES]


def _command(words: list[str]) -> tuple[str, list[str]]:
    """The program an interpreter was started for, by its bare name, and its arguments."""
    rest = words[1:]
    while rest:
        word = rest.pop(0)
        if word == "-m" and rest:
            # `python -m dagster`, and `python -m dbt.cli.main`.
            return rest[0].removesuffix(".__main__").removesuffix(".cli.main"), rest[1:]
        if word in ("-X", "-W", "--check-hash-based-pycs") and rest:
            rest.pop(0)
        elif word == "-c" or not word.startswith("-"):
            return os.path.basename(word), rest
    return "", []


def _needs_server(command: str, arguments: list[str]) -> bool:
    if not arguments or {"--help", "-h", "--version"} & set(arguments):
        return False
    if command == "dbt":
        known = _DBT_WITH_SERVER | _DBT_WITHOUT_SERVER
        # Global options may come first, with values of their own.
        return next((word for word in arguments if word in known), "") in _DBT_WITH_SERVER
    return command in _DAGSTER


def _prepare() -> None:
    try:
        from orchestration.lib.prepare import prepare_warehouse

        prepare_warehouse()
    except KeyboardInterrupt:
        os._exit(130)
    except Exception as error:
        kind = "" if type(error).__name__ == "UserError" else f"{type(error).__name__}: "
        sys.stderr.write(f"Error: {kind}{' '.join(str(error).split())}\n")
        sys.stderr.flush()
        # sys.exit in this early phase would be reported as a fatal error of the interpreter.
        os._exit(2)
    os.environ["RATINGS_READY"] = "1"
