"""A week's requests and open slots, and two ways to match them; for the stage `dispatch`."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from python_models.dispatch.assignment import assign
from python_models.dispatch.settings import DispatchSettings
from python_models.simulation.world import INTERVIEW_TYPES

REQUESTS_EACH = 10
_SLOTS, _SLOTS_A_DAY = 84, 12
_OPEN_EACH, _TYPES_EACH, _CAP = 40, 2, 20
_PAST_EACH = 4
_SEED = 1
# Dearer than any way that is allowed.
_NO_WAY = 1e3


@dataclass(frozen=True)
class Week:
    """The tables that `assign` takes."""

    requests: pd.DataFrame
    availability: pd.DataFrame
    interviewers: pd.DataFrame
    pairings: pd.DataFrame


@dataclass(frozen=True)
class Matched:
    """What a way of matching came to: time without the drawing, and how good it is."""

    seconds: float
    cpu_seconds: float
    n_served: int
    mean_quality: float
    n_repeats: int
    n_above_cap: int


def ours(n_requests: int, newcomer_share: float, n_replays: int) -> Matched:
    """Match by `assign`."""
    week = _draw(n_requests)
    settings = DispatchSettings(newcomer_share=newcomer_share, n_replays=n_replays)
    began, used = time.monotonic(), time.process_time()
    offers = assign(
        week.requests,
        week.availability,
        week.interviewers,
        settings,
        seed=_SEED,
        pairings=week.pairings,
    ).offers
    spent = time.monotonic() - began, time.process_time() - used
    return _matched(week, offers[["candidate_id", "interviewer_id"]], spent)


def dense(n_requests: int) -> Matched:
    """Match by one dense matrix, requests by open hours, which knows no load of the week."""
    week = _draw(n_requests)
    began, used = time.monotonic(), time.process_time()
    hours = week.availability[["interviewer_id", "slot_start"]].drop_duplicates()
    column = pd.MultiIndex.from_frame(hours)
    open_slots = week.availability.merge(week.interviewers[["interviewer_id", "quality_mean"]])
    places = column.get_indexer(
        pd.MultiIndex.from_frame(open_slots[["interviewer_id", "slot_start"]])
    )
    cost = np.full((n_requests, len(hours)), _NO_WAY)
    cells = open_slots.groupby(["interview_type", "slot_start"]).indices
    asked = week.requests.groupby(["interview_type", "slot_start"]).indices
    for cell, rows in asked.items():
        there = cells.get(cell, np.zeros(0, dtype=np.int64))
        cost[np.ix_(rows, places[there])] = -open_slots["quality_mean"].to_numpy()[there]
    row, place = linear_sum_assignment(cost)
    served = cost[row, place] < _NO_WAY
    spent = time.monotonic() - began, time.process_time() - used
    pairs = pd.DataFrame(
        {
            "candidate_id": week.requests["candidate_id"].to_numpy()[row[served]],
            "interviewer_id": hours["interviewer_id"].to_numpy()[place[served]],
        }
    )
    return _matched(week, pairs, spent)


def _draw(n_requests: int) -> Week:
    rng = np.random.default_rng(_SEED)
    n = max(n_requests // REQUESTS_EACH, 1)
    monday = pd.Timestamp("2026-01-05T08:00Z")
    slots = pd.DatetimeIndex(
        [
            monday + pd.Timedelta(days=k // _SLOTS_A_DAY, hours=k % _SLOTS_A_DAY)
            for k in range(_SLOTS)
        ]
    )
    types, names = np.array(INTERVIEW_TYPES), np.array([f"i{k:05}" for k in range(n)])
    candidates = np.array([f"c{k:06}" for k in range(max(n_requests * 3 // 5, 1))])
    hour = np.argsort(rng.random((n, _SLOTS)), axis=1)[:, :_OPEN_EACH]
    kind = np.argsort(rng.random((n, len(types))), axis=1)[:, :_TYPES_EACH]
    return Week(
        requests=pd.DataFrame(
            {
                "request_id": [f"r{k:06}" for k in range(n_requests)],
                "candidate_id": rng.choice(candidates, n_requests),
                "interview_type": rng.choice(types, n_requests),
                "slot_start": slots[rng.integers(0, _SLOTS, n_requests)],
            }
        ),
        availability=pd.DataFrame(
            {
                "interviewer_id": np.repeat(names, _OPEN_EACH * _TYPES_EACH),
                "interview_type": types[np.repeat(kind, _OPEN_EACH, axis=0).ravel()],
                "slot_start": slots[np.repeat(hour, _TYPES_EACH, axis=1).ravel()],
            }
        ).drop_duplicates(),
        interviewers=_people(names, rng),
        pairings=pd.DataFrame(
            {
                "candidate_id": np.repeat(candidates, _PAST_EACH),
                "interviewer_id": rng.choice(names, _PAST_EACH * len(candidates)),
            }
        ),
    )


def _people(names: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "interviewer_id": names,
            "quality_mean": rng.normal(3.4, 0.2, len(names)),
            "quality_sd": 0.05,
            "n_rated": rng.integers(0, 150, len(names)),
            "n_this_week": 0,
            "most_per_week": _CAP,
            "n_reserved_this_week": 0,
        }
    )


def _matched(week: Week, pairs: pd.DataFrame, spent: tuple[float, float]) -> Matched:
    quality = week.interviewers.set_index("interviewer_id")["quality_mean"]
    past = pd.MultiIndex.from_frame(week.pairings)
    load = pairs.groupby("interviewer_id").size()
    return Matched(
        *spent,
        n_served=len(pairs),
        mean_quality=float(pairs["interviewer_id"].map(quality).mean()),
        n_repeats=int(pd.MultiIndex.from_frame(pairs).isin(past).sum()),
        n_above_cap=int((load > _CAP).sum()),
    )
