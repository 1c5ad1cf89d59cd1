"""The commands around the warehouse, as the make targets call them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.errors import UserError
from orchestration.lib.fitted_tables import CONTRACTS
from orchestration.lib.postgres import Connection
from orchestration.lib.prepare import ADJUSTMENTS, candidate_form, prepare_warehouse
from orchestration.lib.settings import PROJECT_DIR, Settings

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Call]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("RATINGS_")}

    def _call(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *words],
            cwd=PROJECT_DIR,
            env={**inherited, "RATINGS_HOME": f"{tmp_path / 'home'}", **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    yield _call
    _call("stop")


def test_the_warehouse_starts_answers_and_stops(call: Call):
    assert "ready at 127.0.0.1" in call("start").stdout
    with psycopg.connect(call("dsn").stdout.strip()) as connection:
        prepared = connection.execute("select count(*) from run.prepared").fetchone()
    assert prepared == (1,)
    shown = call("status").stdout
    assert "published:   nothing yet" in shown
    assert "recorded:    0 decisions and excuses wait" in shown
    assert call("stop").stdout == "stopped\n"
    assert "not running" in call("status").stdout
    assert call("stop").stdout == "was not running\n"


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (["start"], {"RATINGS_DSN": "postgresql://who:s3cret@127.0.0.1:1/none"}, "RATINGS_DSN"),
        (["stop"], {"RATINGS_DSN": "postgresql://who:s3cret@127.0.0.1:1/none"}, "is yours"),
        (["run"], {"AS_OF": "yesterday"}, "AS_OF='yesterday' is not an instant"),
        (["decide"], {"BY": "ada"}, "INTERVIEWER and DECISION and REASON missing; write make"),
        (["excuse"], {"REASON_CODE": "emergency"}, "SESSION and BY missing; write make excuse"),
    ],
    ids=["no server", "not ours to stop", "no instant", "no decision", "no excuse"],
)
def test_what_the_user_can_mend_is_one_line(call: Call, words, variables, sentence):
    done = call(*words, **variables)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "s3cret" not in done.stderr


def test_preparing_again_changes_nothing(database: Connection, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    settings = Settings(home=tmp_path, dsn=database.dsn)
    prepare_warehouse(settings)
    before = _catalogue(database)
    prepare_warehouse(settings)
    assert _catalogue(database) == before
    prepare_warehouse(settings, suffix="_asof")
    schemas = {schema for schema, *_ in _catalogue(database)}
    assert {"raw", "quarantine", "run", "fitted", "run_asof", "fitted_asof"} <= schemas


def test_each_model_has_a_default_fit_and_the_weights_are_equal(
    database: Connection, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    prepare_warehouse(Settings(home=tmp_path, dsn=database.dsn))
    with psycopg.connect(database.dsn) as connection:
        fits = connection.execute(
            "select count(*), bool_and(is_accepted) from fitted.fit_registry"
        ).fetchone()
        weights = connection.execute(
            "select factor, weight from fitted.experience_weights where fit_id = 'default'"
        ).fetchall()
        adjustments = connection.execute(
            "select count(*), max(abs(value)) from fitted.rating_components"
            " where fit_id = 'default'"
        ).fetchone()
    assert fits == (len(CONTRACTS), True)
    assert adjustments == (len(ADJUSTMENTS), 0)
    form = candidate_form()
    assert dict(weights) == dict.fromkeys(form, 1 / len(form))


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    settings = Settings(home=tmp_path, dsn="postgresql://who:s3cret@127.0.0.1:1/none")
    with pytest.raises(UserError) as refusal:
        prepare_warehouse(settings)
    assert "127.0.0.1:1/none for who" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def _catalogue(database: Connection) -> list[tuple[object, ...]]:
    with psycopg.connect(database.dsn) as connection:
        return connection.execute(
            """select relnamespace::regnamespace::text, relname, oid, relkind
            from pg_class
            where relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
            order by oid"""
        ).fetchall()
