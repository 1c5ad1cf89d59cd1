"""`make bench`: its stages are found, measure what they say, and refuse what they cannot."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.stage import all_stages
from benchmarks.stages import reload


def test_every_stage_has_a_name_a_line_and_a_size() -> None:
    stages = all_stages()
    assert {"simulate", "load", "reload"} <= set(stages)
    for name, stage in stages.items():
        assert stage.name == name
        assert stage.description
        assert stage.default_rows > 0


@pytest.mark.slow
def test_a_load_is_measured_beside_copy() -> None:
    lines = all_stages()["load"].measure(10_000, lambda what: None)
    assert {(line.what, line.peer) for line in lines} == {
        (f"load {form}", peer)
        for form in ("csv", "parquet")
        for peer in ("COPY, keyed", "COPY, then key")
    }
    for line in lines:
        assert line.seconds > 0
        assert line.peer_seconds
        assert line.speed == pytest.approx(line.peer_seconds / line.seconds)
        assert line.peak_mib
        assert line.peak_mib > 50


@pytest.mark.slow
def test_a_reload_is_all_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "_N_RELOADED", 2_000)
    monkeypatch.setattr(reload, "_N_SMALL", 10_000)
    (line,) = all_stages()["reload"].measure(20_000, lambda what: None)
    assert line.size.startswith("2,000 rows onto ")


def test_effects_are_measured_beside_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.leaving_fits.has_statsmodels", lambda: False)
    step, exact = all_stages()["experience_effects"].measure(5_000, lambda what: None)
    assert (step.what, exact.what) == ("effects, one step", "effects, exact")
    assert exact.peer == "scikit-learn"
    assert exact.peer_seconds
    assert exact.cpu_seconds
    assert "python -m pip install statsmodels" in exact.note


def test_the_table_shows_what_was_measured() -> None:
    shown = CliRunner().invoke(app, ["--stage", "simulate", "--rows", "3_000"])
    assert shown.exit_code == 0
    assert "sessions" in shown.output
    assert "MiB" in shown.output


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"STAGE": "laod"}, "no stage is called 'laod'; there are: "),
        ({"ROWS": "many"}, "ROWS=many is no number of rows"),
        ({"ROWS": "0"}, "ROWS=0 is no number of rows"),
    ],
)
def test_a_mistyped_variable_is_one_sentence(variables: dict[str, str], sentence: str) -> None:
    shown = CliRunner().invoke(app, [], env=variables)
    assert shown.exit_code == 1
    assert sentence in shown.output
