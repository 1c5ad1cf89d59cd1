"""A whole simulated platform: the tables a company would hand over, and the truth behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from python_models.simulation.journeys import Journeys
from python_models.simulation.people import draw_people
from python_models.simulation.registers import (
    onboarding_tables,
    people_tables,
    truth_at_start,
    truth_tables,
)
from python_models.simulation.remarks import decision_tables, with_remarks
from python_models.simulation.scheduling import Scheduling
from python_models.simulation.tables import session_tables
from python_models.simulation.world import World

# Rows of sessions gathered before a block is written: enough to make row groups worthwhile.
_BLOCK_SESSIONS = 200_000


@dataclass(frozen=True)
class Platform:
    """What a simulation leaves behind.

    Attributes
    ----------
    tables : dict of str to pyarrow.Table
        Raw-contract tables by name.
    truth : dict of str to pandas.DataFrame
        `interviewers`, `candidates`, `companies`, `weights`, `world`: for tests alone.
    """

    tables: dict[str, pa.Table]
    truth: dict[str, pd.DataFrame]


def simulate(world: World, seed: int) -> Platform:
    """Run a world from its first to its last day, in memory.

    Parameters
    ----------
    world : World
        Sizes and mechanisms.
    seed : int
        Equal worlds and seeds give equal platforms, to the last row.

    Returns
    -------
    Platform
        Tables and truth.
    """
    run = _Run(world, seed)
    parts: dict[str, list[pa.Table]] = {}
    for block in run.blocks():
        for name, table in block.items():
            parts.setdefault(name, []).append(table)
    tables = {name: pa.concat_tables(blocks).combine_chunks() for name, blocks in parts.items()}
    return Platform(tables=tables, truth=run.truth())


def write_platform(platform: Platform, folder: Path) -> None:
    """Write one Parquet file per table, and the truth into the subfolder `truth`.

    Parameters
    ----------
    platform : Platform
        What `simulate` returned.
    folder : Path
        Made if absent; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in platform.tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    _write_truth(platform.truth, folder)


def simulate_to_folder(world: World, seed: int, folder: Path) -> None:
    """Same rows as `simulate` and `write_platform`, block by block: memory stays bounded.

    Parameters
    ----------
    world : World
        Sizes and mechanisms.
    seed : int
        As in `simulate`.
    folder : Path
        Made if absent; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(world, seed)
    writers: dict[str, pq.ParquetWriter] = {}
    try:
        for block in run.blocks():
            for name, table in block.items():
                if name not in writers:
                    writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema)
                writers[name].write_table(table)
    finally:
        for writer in writers.values():
            writer.close()
    _write_truth(run.truth(), folder)


class _Run:
    """One pass through a world; each concern draws from a random stream of its own."""

    def __init__(self, world: World, seed: int) -> None:
        # A new concern takes a new stream at the end: what others draw stays as it was.
        streams = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(8))
        people, journeys, sessions, registers, meetings, slots, remarks, decisions = streams
        self._world = world
        self._people = draw_people(world, people)
        self._at_start = truth_at_start(world, self._people)
        self._journeys = Journeys(world, self._people, journeys)
        self._session_rng, self._register_rng, self._meeting_rng = sessions, registers, meetings
        self._remark_rng, self._decision_rng = remarks, decisions
        self._scheduling = Scheduling(world, slots)

    def blocks(self) -> Iterator[dict[str, pa.Table]]:
        """Tables in blocks; concatenated by name they are the hand-over."""
        world = self._world
        yield people_tables(world, self._people, self._register_rng)
        yield onboarding_tables(world, self._people, self._meeting_rng)
        waiting: list[dict[str, pa.Table]] = []
        n_waiting = 0
        for batch in self._journeys.batches():
            self._scheduling.see(batch)
            tables = session_tables(world, batch, self._session_rng)
            waiting.append(with_remarks(world, tables, self._remark_rng))
            n_waiting += len(batch.number)
            if n_waiting >= _BLOCK_SESSIONS:
                yield _concatenated(waiting)
                waiting, n_waiting = [], 0
        if waiting:
            yield _concatenated(waiting)
        yield self._scheduling.tables(self._people.interviewers)
        yield decision_tables(world, self._people, self._decision_rng)

    def truth(self) -> dict[str, pd.DataFrame]:
        """What is true once all blocks are out."""
        return truth_tables(self._world, self._people, self._at_start)


def _concatenated(parts: list[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    names = dict.fromkeys(chain.from_iterable(parts))
    return {name: pa.concat_tables([part[name] for part in parts]) for name in names}


def _write_truth(truth: dict[str, pd.DataFrame], folder: Path) -> None:
    (folder / "truth").mkdir(exist_ok=True)
    for name, frame in truth.items():
        frame.to_parquet(folder / "truth" / f"{name}.parquet", index=False)
