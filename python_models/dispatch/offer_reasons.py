"""Says of each request who was asked and why, or why nobody was."""

from __future__ import annotations

import numpy as np
import pandas as pd

from python_models.dispatch.batch import Batch
from python_models.dispatch.newcomer_lottery import Draws
from python_models.frames import FloatArray, IntArray

NOBODY = "nobody is available for this interview type and slot"


def offers_of(
    batch: Batch, chosen: IntArray, draws: Draws, probability: FloatArray, *, has_replays: bool
) -> pd.DataFrame:
    """The table `Assignment.offers`."""
    served = np.flatnonzero(chosen >= 0)
    who = chosen[served]
    is_reserved = np.zeros(len(chosen), dtype=bool)
    is_reserved[draws.request] = True
    n_drawn_from = np.zeros(len(chosen), dtype=np.int64)
    n_drawn_from[draws.request] = draws.n_drawn_from
    rank, n_there = _ranks(batch, chosen)
    ranked_is = "counted in replays" if has_replays else "given the lottery"
    people = batch.interviewers.iloc[who].reset_index(drop=True)
    offers = batch.requests.iloc[served].reset_index(drop=True)
    offers = offers[["request_id", "candidate_id", "interview_type", "slot_start"]].assign(
        interviewer_id=people["interviewer_id"],
        rank=rank[served],
        offer_probability=probability[served],
        probability_is=np.where(is_reserved[served], "exact", ranked_is),
        is_newcomer_share=is_reserved[served],
        is_repeat=_repeats(batch, chosen)[served],
    )
    offers["reason"] = [
        _reason(*row)
        for row in zip(
            offers["is_newcomer_share"],
            offers["is_repeat"],
            rank[served],
            n_there[served],
            n_drawn_from[served],
            people["quality_mean"],
            people["quality_sd"],
            people["n_rated"],
            strict=True,
        )
    ]
    return offers


def unassigned_of(batch: Batch, chosen: IntArray) -> pd.DataFrame:
    """The table `Assignment.unassigned`."""
    left = np.flatnonzero(chosen < 0)
    n_blocks, block = len(batch.blocks), batch.request_block[left]
    n_there = np.bincount(batch.edge_block, minlength=n_blocks)
    has_room = (batch.room() > 0)[batch.edge_interviewer]
    n_free = np.bincount(batch.edge_block[has_room], minlength=n_blocks)
    rows = batch.requests.iloc[left].reset_index(drop=True)
    return rows[["request_id", "interview_type", "slot_start"]].assign(
        reason=[
            _why_nobody(there, free)
            for there, free in zip(n_there[block], n_free[block], strict=True)
        ]
    )


def _ranks(batch: Batch, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """Place of the chosen one among those available there, and how many these are."""
    mean = batch.interviewers["quality_mean"].to_numpy(dtype=np.float64)
    # Sorted within each block, so that a place is a difference of positions.
    order = np.lexsort((-mean[batch.edge_interviewer], batch.edge_block))
    sorted_block, sorted_mean = batch.edge_block[order], mean[batch.edge_interviewer[order]]
    rank = np.zeros(len(chosen), dtype=np.int64)
    n_there = np.zeros(len(chosen), dtype=np.int64)
    for block in range(len(batch.blocks)):
        first, last = np.searchsorted(sorted_block, (block, block + 1))
        asked = np.flatnonzero((batch.request_block == block) & (chosen >= 0))
        n_there[asked] = last - first
        rank[asked] = 1 + np.searchsorted(-sorted_mean[first:last], -mean[chosen[asked]])
    return rank, n_there


def _repeats(batch: Batch, chosen: IntArray) -> np.ndarray:
    """Whether the two have met before, or meet at an earlier slot of this batch."""
    is_repeat = np.zeros(len(chosen), dtype=bool)
    seen: set[tuple[int, int]] = set()
    for request in np.argsort(batch.request_block, kind="stable").tolist():
        who = int(chosen[request])
        pair = (int(batch.request_candidate[request]), who)
        is_repeat[request] = who >= 0 and (who in batch.met[request] or pair in seen)
        seen.add(pair)
    return is_repeat


def _reason(
    is_reserved: bool,
    is_repeat: bool,
    rank: int,
    n_there: int,
    n_drawn_from: int,
    mean: float,
    sd: float,
    n_rated: float,
) -> str:
    if is_reserved:
        reason = (
            f"reserved for newcomers: drawn from {n_drawn_from} available, "
            f"{n_rated:.0f} rated session{'' if n_rated == 1 else 's'} so far"
        )
    else:
        reason = f"ranked {rank} of {n_there} available by quality {mean:.2f} (sd {sd:.2f})"
    return f"{reason}; the two have met, and no other way was found" if is_repeat else reason


def _why_nobody(n_there: int, n_free: int) -> str:
    if not n_there:
        return NOBODY
    if not n_free:
        return f"all {n_there} available have reached their load of the week"
    if n_free < n_there:
        return (
            f"of {n_there} available, {n_there - n_free} have reached their load of the week "
            f"and {n_free} are given to other requests"
        )
    return f"all {n_there} available are given to other requests"
