"""100,000 corrected and new rows onto ROWS stored ones, beside the same onto a small warehouse.

What a reload costs must follow what is handed over, not what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.measuring import Cost, cost
from benchmarks.platforms import simulate_rows
from benchmarks.server import cost_with_server, temporary_folder, temporary_server
from benchmarks.stage import Figures, Stage, Tell
from benchmarks.stages.load import load_folder

_N_RELOADED = 100_000
_N_SMALL = 400_000
_REQUIRED = ("interviewers", "candidates", "sessions", "candidate_feedback", "interviewer_feedback")


def write_reload(source: Path, target: Path) -> int:
    """Write the newest verdicts and their sessions once more: half corrected, half as new ones.

    They carry no ``loaded_at``: the loader stamps them. Returns how many rows they are.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in _REQUIRED:
        empty = pq.read_schema(source / f"{name}.parquet").empty_table()
        pq.write_table(empty, target / f"{name}.parquet")
    n_each = _N_RELOADED // 4
    forms = _newest(source / "interviewer_feedback.parquet")
    forms = forms.slice(forms.num_rows - 2 * n_each)
    sessions = _newest(source / "sessions.parquet")
    n_rows = 0
    for name, rows, corrected in (
        ("sessions", sessions, "interview_type"),
        ("interviewer_feedback", forms, "comment"),
    ):
        old, new = (
            rows.filter(pc.is_in(rows["session_id"], value_set=part["session_id"]))
            for part in (forms.slice(0, n_each), forms.slice(n_each))
        )
        changed = _with(old, corrected, pa.array(["corrected"] * old.num_rows))
        added = _with(new, "session_id", pc.binary_join_element_wise("new", new["session_id"], "-"))
        pq.write_table(pa.concat_tables([changed, added]), target / f"{name}.parquet")
        n_rows += old.num_rows + new.num_rows
    return n_rows


def _newest(path: Path) -> pa.Table:
    """Read the end of a file; blocks of all tables hold the same sessions."""
    with pq.ParquetFile(path) as file:
        groups = range(max(0, file.num_row_groups - 3), file.num_row_groups)
        return file.read_row_groups(list(groups)).drop_columns(["loaded_at"])


def _with(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(column), column, values)


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure one and the same reload onto a small warehouse and onto one of so many rows."""
    spent = {n: _reload(n, tell) for n in (_N_SMALL, rows)}
    (small, n_small), (large, n_large) = spent.values()
    return [
        Figures(
            "reload",
            f"{large.result:,} rows onto {n_large:,}",
            large.seconds,
            large.cpu_seconds,
            large.peak_mib,
            f"onto {n_small:,}",
            small.seconds,
            small.cpu_seconds,
        )
    ]


def _reload(rows: int, tell: Tell) -> tuple[Cost, int]:
    with temporary_folder() as folder, temporary_server(folder) as server:
        tell(f"simulating about {rows:,} rows")
        n_rows = cost(simulate_rows, rows, folder / "first").result
        tell(f"loading {n_rows:,} rows")
        cost(load_folder, server.connection().dsn, folder / "first")
        n_again = write_reload(folder / "first", folder / "again")
        tell(f"{n_again:,} rows onto {n_rows:,}")
        spent = cost_with_server(server, load_folder, folder / "again")
        if spent.result != n_again:
            raise RuntimeError(f"{spent.result:,} of {n_again:,} rows were accepted")
        return spent, n_rows


STAGE = Stage("reload", "100,000 rows onto stored ones: costs what is new", 2_000_000, measure)
