"""Who of the newcomers gets the offers that are reserved for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from python_models.dispatch.batch import Batch
from python_models.dispatch.settings import DispatchSettings
from python_models.frames import FloatArray, IntArray


def reserved_seats(
    n_requests: int, n_newcomers: int, share: float, rng: np.random.Generator
) -> tuple[float, int]:
    """Draw how many offers of a block go to newcomers.

    Parameters
    ----------
    n_requests : int
        Requests of the block.
    n_newcomers : int
        Newcomers who could take one.
    share : float
        Share of the offers that is reserved.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    expected : float
        ``min(share * n_requests, n_newcomers)``. Each newcomer's chance is this over their number.
    drawn : int
        The expected number, rounded up with the probability of its fraction: exact on the mean.
    """
    expected = min(share * n_requests, float(n_newcomers))
    whole = int(expected)
    return expected, whole + int(rng.random() < expected - whole)


@dataclass(frozen=True)
class Draws:
    """The reserved offers.

    Attributes
    ----------
    request, interviewer : IntArray
        Who got what.
    probability : FloatArray
        Chance of each, given the draws for earlier blocks: exact.
    n_drawn_from : IntArray
        Newcomers who took part in each draw.
    """

    request: IntArray
    interviewer: IntArray
    probability: FloatArray
    n_drawn_from: IntArray


def draw_newcomers(batch: Batch, settings: DispatchSettings, rng: np.random.Generator) -> Draws:
    """Give the reserved offers to newcomers, block by block in the order of time.

    In a block take part the available newcomers who have room this week, reserved offers left
    and no other session at the slot, and for whom some request is no repeat. All have the same
    chance, ``min(share * requests, newcomers) / newcomers``. What newcomers can not take lapses:
    those requests are handed out by rank.

    Parameters
    ----------
    batch : Batch
        Requests and open slots.
    settings : DispatchSettings
        Share, bound and who is a newcomer.
    rng : numpy.random.Generator
        Source of chance.
    """
    people = batch.interviewers
    is_newcomer = (people["n_rated"] < settings.newcomer_sessions).to_numpy()
    reserved = people["n_reserved_this_week"].to_numpy()
    left = np.minimum(batch.room(), np.maximum(settings.newcomer_weekly - reserved, 0))
    met, requests_of = [set(people) for people in batch.met], batch.requests_of_candidates()
    by_block = np.argsort(batch.request_block, kind="stable")
    starts = np.searchsorted(batch.request_block[by_block], np.arange(len(batch.blocks) + 1))
    rows: list[tuple[int, int, float, int]] = []
    slot, is_busy = -1, np.zeros(len(people), dtype=bool)
    for block in range(len(batch.blocks)):
        if batch.block_slot[block] != slot:
            slot, is_busy = int(batch.block_slot[block]), np.zeros(len(people), dtype=bool)
        asked = by_block[starts[block] : starts[block + 1]]
        there = batch.edge_interviewer[batch.edges_of(block)]
        there = there[(is_newcomer & (left > 0) & ~is_busy)[there]]
        drawn = _draw_block(there, asked, met, settings.newcomer_share, rng)
        rows += drawn
        taken = [interviewer for _, interviewer, _, _ in drawn]
        left[taken] -= 1
        is_busy[taken] = True
        for request, interviewer, _, _ in drawn:
            for other in requests_of[batch.request_candidate[request]]:
                met[other].add(interviewer)
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    whole = table[:, [0, 1, 3]].astype(np.int64)
    return Draws(whole[:, 0], whole[:, 1], table[:, 2], whole[:, 2])


def _draw_block(
    there: IntArray,
    asked: IntArray,
    met: Sequence[set[int]],
    share: float,
    rng: np.random.Generator,
) -> list[tuple[int, int, float, int]]:
    newcomers = [who for who in there.tolist() if any(who not in met[each] for each in asked)]
    expected, n_seats = reserved_seats(len(asked), len(newcomers), share, rng)
    if not n_seats:
        return []
    winners = rng.choice(newcomers, n_seats, replace=False)
    # In a drawn order, as the solver takes the first of equal requests.
    requests = rng.permutation(asked)
    is_repeat = [[who in met[request] for request in requests] for who in winners]
    seat, place = linear_sum_assignment(np.array(is_repeat, dtype=np.float64))
    chance = expected / len(newcomers)
    return [
        (int(requests[at]), int(winners[who]), chance, len(newcomers))
        for who, at in zip(seat, place, strict=True)
    ]
