"""The best interviewers for the requests of a week, as one linear programme.

Requests of an interview type and slot are alike, as far as their candidates have met nobody who is
free there. So the programme counts them together: an open slot is a variable, and the matrix is
that of a network (requests of a block, at most one session of an interviewer at a slot, the
interviewer's load of the week), whose corners are whole numbers (Ahuja, Magnanti & Orlin 1993,
chapter 11). HiGHS's dual simplex ends in a corner. A request with a past gets variables of its own
once its past stands in the way, as do all of small blocks, and then the programme is solved again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import csr_array, vstack

from python_models.dispatch.batch import Batch
from python_models.frames import FloatArray, IntArray

# Values span one unit and one changes hands at a time, so no gain in quality is worth a repeat ...
_REPEAT = 2.0
# ... and no fifty repeats are worth a request that nobody serves.
_SERVED = 100.0
_WHOLE = 1e-6
_SMALL = 4
# Two to four rounds are the rule; after so many what repeats are left stay.
_MOST_ROUNDS = 12


@dataclass(frozen=True)
class _Offered:
    """One variable for each way to serve a request or a group of equal ones."""

    node: IntArray
    size: IntArray
    request: IntArray
    block: IntArray
    interviewer: IntArray


def match_best(
    batch: Batch, value: FloatArray, drawn: IntArray, rng: np.random.Generator
) -> IntArray:
    """Serve as many requests as possible, with as few repeats, by the best interviewers.

    In this order: the number served, repeats of a pairing, the sum of the interviewers' values.
    Exact, but for two requests of one candidate in the same batch: if they meet the same person,
    the later one is kept from it.

    Parameters
    ----------
    batch : Batch
        Requests and open slots.
    value : FloatArray
        Of each interviewer, spanning at most one unit.
    drawn : IntArray
        Interviewer of each request that the lottery has given away; -1 for the others.
    rng : numpy.random.Generator
        Decides between requests that are alike.

    Returns
    -------
    IntArray
        Interviewer of each request, the drawn ones included; -1 where nobody is left.

    Raises
    ------
    RuntimeError
        If the solver does not end in an optimum of whole numbers.
    """
    met, chosen = [set(people) for people in batch.met], drawn
    split = np.zeros(len(drawn), dtype=bool)
    # In a small block hardly any swap avoids a repeat: the next round would meet the next one.
    size = np.bincount(batch.request_block, minlength=len(batch.blocks))
    small = (size <= _SMALL)[batch.request_block] & np.array([bool(each) for each in met], bool)
    order = rng.permutation(len(drawn))
    edges = _open_edges(batch, drawn)
    room = batch.room() - np.bincount(drawn[drawn >= 0], minlength=len(value))
    for _ in range(_MOST_ROUNDS):
        offered = _offered(batch, edges, drawn, split)
        picked = _solve(batch, offered, value, room, met)
        chosen = _seat(batch, offered, picked, drawn, met, order)
        repeats = _new_repeats(batch, chosen, drawn, split, met)
        if not repeats:
            break
        for request, interviewer in repeats:
            met[request].add(interviewer)
            split[request] = True
        split |= small & (drawn < 0)
    return chosen


def _open_edges(batch: Batch, drawn: IntArray) -> IntArray:
    """Open slots that the lottery has not used up, of people who may take one more."""
    given = np.flatnonzero(drawn >= 0)
    n_people = len(batch.interviewers)
    busy = batch.block_slot[batch.request_block[given]] * n_people + drawn[given]
    here = batch.block_slot[batch.edge_block] * n_people + batch.edge_interviewer
    room = batch.room() - np.bincount(drawn[given], minlength=n_people)
    return np.flatnonzero(~np.isin(here, busy) & (room[batch.edge_interviewer] > 0))


def _offered(batch: Batch, edges: IntArray, drawn: IntArray, split: np.ndarray) -> _Offered:
    alone = np.flatnonzero(split)
    together = np.flatnonzero((drawn < 0) & ~split)
    count = np.bincount(batch.request_block[together], minlength=len(batch.blocks))
    grouped = np.flatnonzero(count)
    block = np.concatenate([grouped, batch.request_block[alone]])
    first = np.searchsorted(batch.edge_block[edges], block)
    length = np.searchsorted(batch.edge_block[edges], block, side="right") - first
    node = np.repeat(np.arange(len(block)), length)
    within = np.arange(len(node)) - np.repeat(np.cumsum(length) - length, length)
    return _Offered(
        node=node,
        size=np.concatenate([count[grouped], np.ones(len(alone), dtype=np.int64)]),
        request=np.concatenate([np.full(len(grouped), -1), alone]),
        block=block,
        interviewer=batch.edge_interviewer[edges[first[node] + within]],
    )


def _solve(
    batch: Batch, offered: _Offered, value: FloatArray, room: IntArray, met: list[set[int]]
) -> IntArray:
    """Variables that are one in the optimum."""
    n = len(offered.node)
    if not n:
        return np.zeros(0, dtype=np.int64)
    request = offered.request[offered.node]
    own = np.flatnonzero(request >= 0)
    cost = -(_SERVED + value[offered.interviewer])
    cost[own] += [
        _REPEAT * (who in met[each])
        for each, who in zip(request[own], offered.interviewer[own], strict=True)
    ]
    slot = batch.block_slot[offered.block[offered.node]]
    at_slot = np.unique(slot * len(room) + offered.interviewer, return_inverse=True)[1]
    sides = [
        _at_most(offered.node, offered.size),
        _at_most(at_slot, np.ones(at_slot.max() + 1, dtype=np.int64)),
        _at_most(offered.interviewer, room),
    ]
    matrix = vstack([rows for rows, _ in sides], format="csr")
    limit = np.concatenate([most for _, most in sides])
    solved = linprog(cost, A_ub=matrix, b_ub=limit, bounds=(0, 1), method="highs-ds")
    if solved.status != 0 or np.abs(solved.x - np.round(solved.x)).max() > _WHOLE:
        raise RuntimeError(f"the batch has no optimum of whole numbers: {solved.message}")
    return np.flatnonzero(solved.x > 0.5)


def _at_most(group: IntArray, most: IntArray) -> tuple[csr_array, IntArray]:
    """Rows that hold each group's sum, where the group is large enough to exceed it."""
    binding = np.bincount(group, minlength=len(most)) > most
    row = np.cumsum(binding) - 1
    at = np.flatnonzero(binding[group])
    shape = (int(binding.sum()), len(group))
    return csr_array((np.ones(len(at)), (row[group[at]], at)), shape=shape), most[binding]


def _seat(
    batch: Batch,
    offered: _Offered,
    picked: IntArray,
    drawn: IntArray,
    met: list[set[int]],
    order: IntArray,
) -> IntArray:
    """Give the picked interviewers of a group to its requests, with as few repeats as can be."""
    chosen = drawn.copy()
    node, who = offered.node[picked], offered.interviewer[picked]
    own = offered.request[node] >= 0
    chosen[offered.request[node[own]]] = who[own]
    alone = np.isin(np.arange(len(drawn)), offered.request)
    waiting = order[(drawn[order] < 0) & ~alone[order]]
    waiting = waiting[np.argsort(batch.request_block[waiting], kind="stable")]
    blocks = batch.request_block[waiting]
    seen = _pairs(batch, np.flatnonzero(chosen >= 0), chosen)
    node, who = node[~own], who[~own]
    for group in np.unique(node):
        first, last = np.searchsorted(blocks, (offered.block[group], offered.block[group] + 1))
        asked, there = waiting[first:last], who[node == group]
        candidates = batch.request_candidate[asked].tolist()
        is_repeat = [
            [each in met[one] or (candidate, each) in seen for each in there.tolist()]
            for one, candidate in zip(asked.tolist(), candidates, strict=True)
        ]
        one, each = linear_sum_assignment(np.array(is_repeat, dtype=np.float64))
        chosen[asked[one]] = there[each]
        seen |= _pairs(batch, asked[one], chosen)
    return chosen


def _pairs(batch: Batch, requests: IntArray, chosen: IntArray) -> set[tuple[int, int]]:
    candidates = batch.request_candidate[requests].tolist()
    return set(zip(candidates, chosen[requests].tolist(), strict=True))


def _new_repeats(
    batch: Batch, chosen: IntArray, drawn: IntArray, split: np.ndarray, met: list[set[int]]
) -> list[tuple[int, int]]:
    """Repeats that the programme did not know of; those it knew of have no alternative."""
    # What the lottery gave away stands firm; of the others the earlier slot comes first.
    order = np.lexsort((np.arange(len(chosen)), batch.request_block, drawn < 0))
    seen: set[tuple[int, int]] = set()
    found = []
    for request in order[chosen[order] >= 0].tolist():
        who = int(chosen[request])
        pair = (int(batch.request_candidate[request]), who)
        is_known = bool(split[request]) and who in met[request]
        if drawn[request] < 0 and not is_known and (who in met[request] or pair in seen):
            found.append((request, who))
        seen.add(pair)
    return found
