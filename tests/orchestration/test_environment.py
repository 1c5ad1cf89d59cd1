"""The hook of the environment, in interpreters that start with it as they will."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orchestration.lib.environment import _command, _needs_server, install
from orchestration.lib.postgres import Connection, EmbeddedPostgres
from orchestration.lib.settings import PROJECT_DIR

Interpreter = Callable[..., subprocess.CompletedProcess[str]]
SHOW = "import os; print(os.environ.get({!r}))"


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    """Start Python with the hook installed as in the environment, from a strange folder."""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    install(packages)
    # A .pth file counts in site folders only: this is how a test makes one of its own.
    start = f"import site; site.addsitedir({str(packages)!r})"
    home = str(tmp_path / "home")

    def run(
        script: str, name: str = "script.py", *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        program = tmp_path / name
        program.write_text(f"{start}\n{script}\n")
        return subprocess.run(
            [sys.executable, str(program), *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "RATINGS_HOME": home, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_telemetry_is_off_and_dagster_lives_at_home(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    names = ["DBT_SEND_ANONYMOUS_USAGE_STATS", "DO_NOT_TRACK", "GX_ANALYTICS_ENABLED"]
    script = "import os\n" + "\n".join(f"print(os.environ[{name!r}])" for name in names)
    said = interpreter(f"{script}\nprint(os.environ['DAGSTER_HOME'])").stdout.split()
    assert said == ["false", "1", "false", str(tmp_path / "home" / "dagster")]


def test_what_the_user_set_stays(interpreter: Interpreter) -> None:
    said = interpreter(SHOW.format("DAGSTER_HOME"), env={"DAGSTER_HOME": "/elsewhere"})
    assert said.stdout.strip() == "/elsewhere"


def test_it_imports_almost_nothing(interpreter: Interpreter) -> None:
    bare = "import sys; print(*sorted(sys.modules))"
    with_hook = set(interpreter(bare).stdout.split())
    # The first line of the program runs site.addsitedir, which is there without the hook too.
    assert {name for name in with_hook if name.startswith("orchestration")} == {
        "orchestration",
        "orchestration.lib",
        "orchestration.lib.environment",
    }
    assert not {"pathlib", "json", "re", "psycopg", "dagster"} & with_hook


def test_a_project_that_is_gone_leaves_the_interpreter_alone(tmp_path: Path) -> None:
    install(tmp_path)
    hook = tmp_path / "ratings.pth"
    hook.write_text(hook.read_text().replace(str(PROJECT_DIR), str(tmp_path / "gone")))
    script = f"import site; site.addsitedir({str(tmp_path)!r}); print('alive')"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("alive\n", "")


def test_the_connection_comes_from_the_running_warehouse(
    interpreter: Interpreter, postgres: EmbeddedPostgres
) -> None:
    script = "import os, psycopg\nprint(*(os.environ['RATINGS_PG_' + n] for n in "
    script += "('HOST', 'PORT', 'USER', 'PASSWORD', 'DBNAME', 'SSLMODE')))"
    said = interpreter(script, env={"RATINGS_HOME": str(postgres.home)})
    at = postgres.connection()
    expected = [at.host, str(at.port), at.user, at.password, at.dbname, "disable"]
    assert said.stdout.split() == expected


def test_another_target_forgets_what_the_parent_knew(
    interpreter: Interpreter, tmp_path: Path
) -> None:
    inherited = {"RATINGS_PG_HOST": "old", "RATINGS_READY": "1", "RATINGS_TARGET": "/old/home"}
    assert interpreter(SHOW.format("RATINGS_PG_HOST"), env=inherited).stdout.strip() == "None"
    assert interpreter(SHOW.format("RATINGS_READY"), env=inherited).stdout.strip() == "None"
    kept = inherited | {"RATINGS_TARGET": str(tmp_path / "home")}
    assert interpreter(SHOW.format("RATINGS_PG_HOST"), env=kept).stdout.strip() == "old"


def test_dbt_finds_the_warehouse_ready(interpreter: Interpreter, database: Connection) -> None:
    script = "import os; print(os.environ['RATINGS_READY'], os.environ['RATINGS_PG_DBNAME'])"
    said = interpreter(script, "dbt", "build", env={"RATINGS_DSN": database.dsn})
    assert (said.stdout.split(), said.stderr) == (["1", database.dbname], "")


def test_dagster_gets_its_settings(interpreter: Interpreter, tmp_path: Path) -> None:
    interpreter("pass", "dagster", "--version")
    settings = (tmp_path / "home" / "dagster" / "dagster.yaml").read_text()
    assert "telemetry:\n  enabled: false" in settings
    # Asked for its version only, so nothing was started.
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["dagster"]


@pytest.mark.parametrize("name", ["dbt", "dagster"])
def test_a_warehouse_that_cannot_be_reached_is_one_line(
    interpreter: Interpreter, name: str
) -> None:
    dsn = "postgresql://nobody:secret@127.0.0.1:1/nothing"
    said = interpreter("print('went on')", name, "build", env={"RATINGS_DSN": dsn})
    assert said.returncode == 2
    assert said.stdout == ""
    assert said.stderr.startswith("Error: ")
    assert said.stderr.count("\n") == 1
    assert "secret" not in said.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("python /venv/bin/dbt build", True),
        ("python /venv/bin/dbt --log-level debug run", True),
        ("python -X dev -m dbt.cli.main test", True),
        ("python /venv/bin/dbt debug", True),
        ("python /venv/bin/dbt debug --help", False),
        ("python /venv/bin/dbt --version", False),
        ("python /venv/bin/dbt --help", False),
        ("python /venv/bin/dbt deps", False),
        ("python /venv/bin/dbt parse --target asof", False),
        ("python /venv/bin/dbt", False),
        ("python /venv/bin/dagster dev", True),
        ("python -m dagster dev", True),
        ("python /venv/bin/dagster-webserver -p 3000", True),
        ("python /venv/bin/dagster --version", False),
        ("python /venv/bin/pytest build", False),
        ("python -c build", False),
        ("python", False),
    ],
)
def test_which_commands_need_the_server(words: str, expected: bool) -> None:
    assert _needs_server(*_command(words.split())) is expected
