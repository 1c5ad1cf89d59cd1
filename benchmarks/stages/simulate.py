"""The simulated platform, block by block into Parquet files; ROWS counts sessions."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.measuring import cost
from benchmarks.platforms import simulate_sessions
from benchmarks.server import temporary_folder
from benchmarks.stage import Figures, Stage, Tell


def measure(rows: int, tell: Tell) -> Sequence[Figures]:
    """Measure a simulation of about so many sessions."""
    tell(f"about {rows:,} sessions")
    with temporary_folder() as folder:
        spent = cost(simulate_sessions, rows, folder)
    return [
        Figures(
            "simulate",
            f"{spent.result:,} sessions",
            spent.seconds,
            spent.cpu_seconds,
            spent.peak_mib,
        )
    ]


STAGE = Stage("simulate", "a simulated platform, written to files", 500_000, measure)
