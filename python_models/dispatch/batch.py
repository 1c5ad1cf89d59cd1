"""A week's requests and open slots, checked and turned into whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.frames import FloatArray, IntArray

_REQUESTS = ("request_id", "candidate_id", "interview_type", "slot_start")
_AVAILABILITY = ("interviewer_id", "interview_type", "slot_start")
_COUNTS = ("n_rated", "n_this_week", "most_per_week", "n_reserved_this_week")
_INTERVIEWERS = ("interviewer_id", "quality_mean", "quality_sd", *_COUNTS)
_PAIRINGS = ("candidate_id", "interviewer_id")


@dataclass(frozen=True)
class Batch:
    """Requests and open slots in an order of their own, so that the order of rows is nothing.

    A block is an interview type at a slot; blocks are in order of time, then of type.

    Attributes
    ----------
    requests, interviewers : pd.DataFrame
        The input, in order of their keys.
    blocks : pd.DataFrame
        `slot_start` and `interview_type` of each block that somebody asked for.
    block_slot : IntArray
        Slot of each block.
    request_block, request_candidate : IntArray
        Block and candidate of each request.
    edge_block, edge_interviewer : IntArray
        Who is available where, by block, then by interviewer; only blocks that are asked for.
    met : tuple of frozenset of int
        For each request the interviewers whom its candidate has met.
    """

    requests: pd.DataFrame
    interviewers: pd.DataFrame
    blocks: pd.DataFrame
    block_slot: IntArray
    request_block: IntArray
    request_candidate: IntArray
    edge_block: IntArray
    edge_interviewer: IntArray
    met: tuple[frozenset[int], ...]

    def room(self) -> IntArray:
        """Sessions that each interviewer may still take this week, never below none."""
        people = self.interviewers
        left = people["most_per_week"].to_numpy() - people["n_this_week"].to_numpy()
        return np.maximum(left, 0).astype(np.int64)

    def requests_of_candidates(self) -> list[IntArray]:
        """Requests of each candidate, by the numbers in `request_candidate`."""
        order = np.argsort(self.request_candidate, kind="stable")
        ends = np.cumsum(np.bincount(self.request_candidate))
        return np.split(order, ends[:-1]) if len(order) else []

    def edges_of(self, block: int) -> slice:
        """Where the edges of a block stand."""
        first, last = np.searchsorted(self.edge_block, (block, block + 1))
        return slice(int(first), int(last))


def batch_of(
    requests: pd.DataFrame,
    availability: pd.DataFrame,
    interviewers: pd.DataFrame,
    pairings: pd.DataFrame | None,
) -> Batch:
    """Check the input of `assign` and number what is in it.

    Raises
    ------
    ValueError
        If a column is missing, a key is empty or stands twice, a number is missing or out of its
        range, an open slot belongs to nobody known, or the slots fall into more than one week.
    """
    if pairings is None:
        pairings = pd.DataFrame(columns=list(_PAIRINGS), dtype=object)
    asked = _checked(requests, "requests", _REQUESTS, ["request_id"])
    people = _checked(interviewers, "interviewers", _INTERVIEWERS, ["interviewer_id"])
    free = _checked(availability, "availability", _AVAILABILITY, list(_AVAILABILITY))
    pairs = _checked(pairings, "pairings", _PAIRINGS, []).drop_duplicates()
    _check_numbers(people)
    known = pd.Index(people["interviewer_id"])
    strangers = set(free["interviewer_id"]) - set(known)
    if strangers:
        raise ValueError(f"availability names interviewers that are unknown: {sorted(strangers)}")
    _check_week(asked["slot_start"])
    cells = asked[["slot_start", "interview_type"]]
    blocks = cells.drop_duplicates().sort_values(["slot_start", "interview_type"])
    number = pd.MultiIndex.from_frame(blocks)
    edge_block = number.get_indexer(
        pd.MultiIndex.from_frame(free[["slot_start", "interview_type"]])
    )
    edge_interviewer = known.get_indexer(pd.Index(free["interviewer_id"]))
    kept = edge_block >= 0
    order = np.lexsort((edge_interviewer[kept], edge_block[kept]))
    return Batch(
        requests=asked,
        interviewers=people,
        blocks=blocks.reset_index(drop=True),
        block_slot=pd.factorize(blocks["slot_start"])[0].astype(np.int64),
        request_block=number.get_indexer(pd.MultiIndex.from_frame(cells)).astype(np.int64),
        request_candidate=pd.factorize(asked["candidate_id"])[0].astype(np.int64),
        edge_block=edge_block[kept][order].astype(np.int64),
        edge_interviewer=edge_interviewer[kept][order].astype(np.int64),
        met=_met(asked["candidate_id"], pairs, known),
    )


def _checked(
    table: pd.DataFrame, name: str, columns: Sequence[str], key: list[str]
) -> pd.DataFrame:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(f"{name} has no column {', '.join(missing)}")
    kept = table[list(columns)]
    empty = [column for column in columns if kept[column].isna().any()]
    if empty:
        raise ValueError(f"{name} has empty values in {', '.join(empty)}")
    if "slot_start" in columns:
        kept = kept.assign(slot_start=pd.to_datetime(kept["slot_start"], utc=True))
    if not key:
        return kept
    if kept.duplicated(key).any():
        raise ValueError(f"{name} has the same {', '.join(key)} twice")
    return kept.sort_values(key).reset_index(drop=True)


def _check_numbers(people: pd.DataFrame) -> None:
    for column in ("quality_mean", "quality_sd"):
        if not np.isfinite(people[column].to_numpy(dtype=np.float64)).all():
            raise ValueError(f"interviewers has a {column} that is no finite number")
    for column in ("quality_sd", *_COUNTS):
        if (people[column].to_numpy(dtype=np.float64) < 0).any():
            raise ValueError(f"interviewers has a {column} below zero")


def _check_week(slots: pd.Series) -> None:
    weeks = slots.dt.tz_localize(None).dt.to_period("W-SUN").unique()
    if len(weeks) > 1:
        raise ValueError(
            f"a batch is one week, Monday to Sunday in UTC, as load is counted by week: "
            f"split the {len(weeks)} weeks of these requests"
        )


def _met(candidates: pd.Series, pairs: pd.DataFrame, known: pd.Index) -> tuple[frozenset[int], ...]:
    place = known.get_indexer(pd.Index(pairs["interviewer_id"]))
    by_candidate: dict[object, set[int]] = {}
    for candidate, interviewer in zip(pairs["candidate_id"], place, strict=True):
        if interviewer >= 0:
            by_candidate.setdefault(candidate, set()).add(int(interviewer))
    nobody: frozenset[int] = frozenset()
    frozen = {candidate: frozenset(people) for candidate, people in by_candidate.items()}
    return tuple(frozen.get(candidate, nobody) for candidate in candidates)


def quality_of(batch: Batch) -> FloatArray:
    """Posterior mean of each interviewer on 0 (the worst here) to 1 (the best)."""
    mean = batch.interviewers["quality_mean"].to_numpy(dtype=np.float64)
    if not len(mean):
        return mean
    span = np.ptp(mean)
    return (mean - mean.min()) / span if span > 0.0 else np.zeros_like(mean)
