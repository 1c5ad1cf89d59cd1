"""What the platform's scheduler left behind in its last weeks: slots, requests, offers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_models.simulation.identifiers import opaque_ids
from python_models.simulation.journeys import SessionBatch
from python_models.simulation.people import Floats, Integers, Interviewers
from python_models.simulation.tables import instants, words
from python_models.simulation.world import INTERVIEW_TYPES, World

_SLOTS_PER_DAY = 96.0
# A request comes at most this long before its session, which is less than a candidate's first wait.
_ASKED_AHEAD_DAYS = 0.25
_ASKED_AT_LEAST_DAYS = 0.05
# An offer is answered within a quarter of an hour, or passed on.
_OFFER_DAYS = 0.25 / 24.0
_MOST_DECLINES = 3
_PUBLISHED_AHEAD_DAYS = 14.0


class Scheduling:
    """Collects the mock sessions of the last weeks and writes what led to them.

    Only these weeks are kept in memory, however long the platform runs: open slots are many.

    Parameters
    ----------
    world : World
        The mechanisms.
    rng : numpy.random.Generator
        A stream of its own: the sessions do not depend on what is written about them.
    """

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self._world, self._rng = world, rng
        self._since = world.days - 7.0 * world.scheduling_weeks
        self._seen: list[dict[str, Any]] = []

    def see(self, batch: SessionBatch) -> None:
        """Remember the sessions of a batch that fall into the last weeks."""
        kept = np.flatnonzero(~batch.is_real & (batch.scheduled >= self._since))
        if len(kept):
            names = (
                "number", "candidate", "interviewer", "interview_type", "scheduled",
                "offer_probability",
            )  # fmt: skip
            self._seen.append({name: getattr(batch, name)[kept] for name in names})

    def tables(self, interviewers: Interviewers) -> dict[str, pa.Table]:
        """The tables `booking_requests`, `offers` and `availability`."""
        seen = {
            name: np.concatenate([part[name] for part in self._seen])
            for name in (self._seen[0] if self._seen else ())
        }
        if not seen:
            seen = {"number": np.zeros(0, np.int64), "candidate": np.zeros(0, np.int64),
                    "interviewer": np.zeros(0, np.int64),
                    "interview_type": np.zeros(0, np.int64),
                    "scheduled": np.zeros(0), "offer_probability": np.zeros(0)}  # fmt: skip
        n = len(seen["number"])
        lead = _ASKED_AT_LEAST_DAYS + (_ASKED_AHEAD_DAYS - _ASKED_AT_LEAST_DAYS) * (
            self._rng.random(n)
        )
        asked = np.minimum(seen["scheduled"], self._world.days) - lead
        declined = self._declined(interviewers, seen, asked)
        availability = self._availability(interviewers, seen, declined)
        booked = self._requests(seen, asked)
        waiting = self._waiting(seen, availability)
        return {
            "booking_requests": pa.concat_tables([booked, waiting]),
            "offers": self._offers(seen, asked, declined),
            "availability": availability,
        }

    def _declined(
        self, interviewers: Interviewers, seen: dict[str, Any], asked: Floats
    ) -> dict[str, Any]:
        """Offers that others turned down first: drawn as the scheduler draws, by appetite."""
        n, share = len(asked), self._world.decline_rate
        n_declines = np.minimum(self._rng.geometric(1.0 - share, n) - 1, _MOST_DECLINES)
        of = np.repeat(np.arange(n), n_declines)
        place = np.arange(len(of)) - np.repeat(np.cumsum(n_declines) - n_declines, n_declines)
        is_there = (interviewers.joined <= self._since) & (interviewers.left > self._world.days)
        weights = interviewers.appetite * is_there
        weights = weights / max(weights.sum(), np.finfo(float).tiny)
        cumulated = np.cumsum(weights)
        who = np.searchsorted(cumulated, self._rng.random(len(of)) * cumulated[-1], side="right")
        who = np.minimum(who, len(weights) - 1)
        kept = weights[who] > 0.0
        return {
            "of": of[kept], "place": place[kept], "interviewer": who[kept],
            "probability": weights[who][kept], "n_declines": n_declines,
        }  # fmt: skip

    def _requests(self, seen: dict[str, Any], asked: Floats) -> pa.Table:
        moment = instants(self._world, asked)
        return pa.table(
            {
                "request_id": opaque_ids("q", seen["number"]),
                "candidate_id": opaque_ids("c", seen["candidate"]),
                "interview_type": words(INTERVIEW_TYPES, seen["interview_type"]),
                "slot_start": instants(self._world, seen["scheduled"]),
                "requested_at": moment,
                "loaded_at": moment,
            }
        )

    def _waiting(self, seen: dict[str, Any], availability: pa.Table) -> pa.Table:
        """Requests of the last hours, for slots to come, that nobody is asked about yet."""
        world = self._world
        starts = availability["slot_start"].combine_chunks()
        end = instants(world, np.array([world.days]))[0]
        to_come = np.flatnonzero(pc.greater(starts, end).to_numpy(zero_copy_only=False))
        n_booked = int((seen["scheduled"] > world.days).sum())
        n = self._rng.poisson(world.waiting_rate * n_booked) if len(to_come) else 0
        slot = availability.take(pa.array(self._rng.choice(to_come, n)))
        moment = instants(world, world.days - _ASKED_AHEAD_DAYS * self._rng.random(n))
        # Sessions have the numbers before these.
        number = np.arange(n) + 1 + max(seen["number"], default=0)
        return pa.table(
            {
                "request_id": opaque_ids("q", number),
                "candidate_id": opaque_ids("c", self._rng.choice(seen["candidate"], n)),
                "interview_type": slot["interview_type"],
                "slot_start": slot["slot_start"],
                "requested_at": moment,
                "loaded_at": moment,
            }
        )

    def _offers(self, seen: dict[str, Any], asked: Floats, declined: dict[str, Any]) -> pa.Table:
        of = np.concatenate([declined["of"], np.arange(len(asked))])
        place = np.concatenate([declined["place"], declined["n_declines"]])
        offered = asked[of] + _OFFER_DAYS * (place + 0.5)
        is_accepted = np.arange(len(of)) >= len(declined["of"])
        # One number for each offer of a request, whatever became of it.
        number = seen["number"][of] * (_MOST_DECLINES + 1) + place
        order = np.argsort(offered, kind="stable")
        moment = instants(self._world, offered[order])
        who = np.concatenate([declined["interviewer"], seen["interviewer"]])
        probability = np.concatenate([declined["probability"], seen["offer_probability"]])
        return pa.table(
            {
                "offer_id": opaque_ids("f", number[order]),
                "request_id": opaque_ids("q", seen["number"][of][order]),
                "interviewer_id": opaque_ids("i", who[order]),
                "offered_at": moment,
                "accepted": pa.array(is_accepted[order]),
                "offer_probability": pa.array(probability[order]),
                "loaded_at": moment,
            }
        )

    def _availability(
        self, interviewers: Interviewers, seen: dict[str, Any], declined: dict[str, Any]
    ) -> pa.Table:
        """Slots that were taken or offered, and open ones up to the capacity, two weeks ahead."""
        of = declined["of"]
        idle_who, idle_at = self._idle(interviewers, len(seen["number"]))
        who = np.concatenate([seen["interviewer"], declined["interviewer"], idle_who])
        kind = np.concatenate(
            [seen["interview_type"], seen["interview_type"][of], interviewers.main_type[idle_who]]
        )
        at = np.concatenate([seen["scheduled"], seen["scheduled"][of], idle_at])
        slot = np.round(at * _SLOTS_PER_DAY).astype(np.int64)
        key = (slot * len(INTERVIEW_TYPES) + kind) * len(interviewers.joined) + who
        _, first = np.unique(key, return_index=True)
        who, kind, start = who[first], kind[first], slot[first] / _SLOTS_PER_DAY
        told = np.minimum(
            start - _PUBLISHED_AHEAD_DAYS * self._rng.random(len(first)),
            self._world.days - self._rng.random(len(first)),
        )
        return pa.table(
            {
                "interviewer_id": opaque_ids("i", who),
                "interview_type": words(INTERVIEW_TYPES, kind),
                "slot_start": instants(self._world, start),
                "loaded_at": instants(self._world, np.maximum(told, interviewers.joined[who])),
            }
        )

    def _idle(self, interviewers: Interviewers, n_taken: int) -> tuple[Integers, Floats]:
        world = self._world
        is_there = (interviewers.joined <= self._since) & (interviewers.left > world.days)
        who = np.flatnonzero(is_there)
        span = world.days - self._since + _PUBLISHED_AHEAD_DAYS
        appetite = interviewers.appetite[who]
        wanted = max(world.capacity_ratio - 1.0, 0.0) * n_taken
        n_open = self._rng.poisson(wanted * appetite / max(appetite.sum(), np.finfo(float).tiny))
        idle = np.repeat(who, n_open)
        return idle, self._since + span * self._rng.random(len(idle))
