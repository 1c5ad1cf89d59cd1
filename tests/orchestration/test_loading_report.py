"""What a load says of itself on the screen, and two loads that want to say it at once."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import psycopg
from loading_folders import candidate_form, hand_over, person, query, session
from rich.console import Console

from orchestration.lib.clock import RunScope
from orchestration.lib.loading import load
from orchestration.lib.loading.schema import LOAD_LOCK
from orchestration.lib.postgres import Connection
from orchestration.lib.summary import print_rows_in
from orchestration.lib.summary_data import SummaryReader


def screen(dsn: str, as_of: str = "2024-02-02Z") -> list[str]:
    """The lines that a run shows of its load."""
    console = Console(file=io.StringIO(), width=200)
    with psycopg.connect(dsn) as connection:
        connection.execute("update run.clock set as_of = %s", [as_of])
        print_rows_in(console, SummaryReader(connection, RunScope()))
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_counts_rules_and_unknown_columns_stand_on_the_screen(
    database: Connection, tmp_path: Path
) -> None:
    forms = [
        candidate_form("m1", mood="grim", **{"shoe\nsize [red]": "42"}),
        candidate_form("m2", excitement="9"),
        candidate_form("m3"),
    ]
    tables = {**person(), "candidate_feedback": forms}
    tables["sessions"] = [session("m1"), session("m2")]
    load(database.dsn, hand_over(tmp_path / "1", tables))
    lines = screen(database.dsn)
    assert "candidate_feedback 3 1 0 2 0" in lines
    assert "candidate_feedback rating_out_of_range 1" in lines
    assert "candidate_feedback reference_missing 1" in lines
    kept = "Not in the contract, kept in raw.candidate_feedback.extra (2): mood, shoe size [red]"
    assert kept in lines

    tables = {**person(), "sessions": [session("m3")]}
    load(database.dsn, hand_over(tmp_path / "2", tables))
    lines = screen(database.dsn)
    assert "candidate_feedback 0 0 0 0 1" in lines
    assert not [line for line in lines if line.startswith("Not in the contract")]


def test_thousands_of_unknown_columns_are_counted_and_some_named(
    database: Connection, tmp_path: Path
) -> None:
    folder = hand_over(tmp_path, person())
    names = [f"x{number:04}" + "y" * 60 * (number == 1) for number in range(3000)]
    (folder / "candidates.csv").write_text(
        ",".join(["candidate_id", "signed_up_at", *names])
        + "\nc1,2024-01-02T00:00:00Z"
        + ",1" * 3000
        + "\n"
    )
    load(database.dsn, folder)
    told = " ".join(screen(database.dsn))
    assert "raw.candidates.extra (3,000): x0000, x0001yyy" in told
    assert "x0011" in told
    assert "x0012" not in told
    assert "y" * 41 not in told


def test_an_instant_before_the_rows_were_known_is_told(
    database: Connection, tmp_path: Path
) -> None:
    load(database.dsn, hand_over(tmp_path, {**person(), "sessions": [session("m1")]}))
    known = "Its rows became known by 2024-02-01 13:00:00 UTC"
    assert [line for line in screen(database.dsn, "2024-01-31Z") if line.startswith(known)]
    at_once = screen(database.dsn, "2024-02-01 13:00Z")
    assert not [line for line in at_once if line.startswith(known)]


LOADING = """
import sys
from pathlib import Path
from orchestration.lib.loading import load
load(sys.argv[1], Path(sys.argv[2]), progress=lambda line: print(line, flush=True))
"""


def test_a_second_load_waits_and_finds_nothing_new(database: Connection, tmp_path: Path) -> None:
    folder = hand_over(tmp_path, {**person(), "sessions": [session("m1"), session("m2")]})
    command = [sys.executable, "-c", LOADING, database.dsn, f"{folder}"]
    with psycopg.connect(database.dsn) as holder:
        holder.execute("select pg_advisory_lock(%s)", [LOAD_LOCK])
        loads = [
            subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        first_lines = [process.stdout.readline() for process in loads]
    assert first_lines == [b"another load is under way: waiting for it to end\n"] * 2
    for process in loads:
        process.communicate(timeout=60)
        assert process.returncode == 0
    accepted = """
        select loads.load_seq, counts.n_accepted, counts.n_unchanged
        from run.loads as loads inner join run.load_counts as counts using (load_id)
        where counts.table_name = 'sessions' order by 1
    """
    assert query(database.dsn, accepted) == [(1, 2, 0), (2, 0, 2)]
