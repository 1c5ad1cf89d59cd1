"""Hand-overs to measure on: simulated platforms of about a given size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from python_models.simulation import WORLDS, World, simulate_to_folder

SEED = 1
# Of the base world, which has a thousand interviewers.
_BASE_SESSIONS = 150_000
_BASE_ROWS = 463_000
_FEWEST_SHARE = 0.02


def world_of(share: float) -> World:
    """Write the base world with so many times its people."""
    base, share = WORLDS["base"], max(share, _FEWEST_SHARE)
    people = {
        name: round(getattr(base, name) * share) for name in ("n_interviewers", "n_candidates")
    }
    return replace(base, **people)


def simulate_sessions(n_sessions: int, folder: Path) -> int:
    """Simulate about so many sessions into a folder; return how many they are."""
    simulate_to_folder(world_of(n_sessions / _BASE_SESSIONS), SEED, folder)
    return pq.read_metadata(folder / "sessions.parquet").num_rows


def simulate_rows(n_rows: int, folder: Path) -> int:
    """Simulate about so many rows, all tables together, into a folder; return how many."""
    simulate_to_folder(world_of(n_rows / _BASE_ROWS), SEED, folder)
    return sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))


def write_csv(parquet: Path, folder: Path) -> None:
    """Write a folder's Parquet files as CSV, a batch at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    options = pacsv.WriteOptions(quoting_style="needed")
    for path in sorted(parquet.glob("*.parquet")):
        with pq.ParquetFile(path) as file:
            target = folder / f"{path.stem}.csv"
            with pacsv.CSVWriter(target, file.schema_arrow, write_options=options) as out:
                for batch in file.iter_batches():
                    out.write_batch(batch)
