"""Moves all candidates through their sessions together, a step of calendar time at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from python_models.simulation.judging import Ratings, Verdicts, judge, rate
from python_models.simulation.leaving import Experience, leaves, next_visit
from python_models.simulation.matching import KnownRatings, choose_interviewers, pair
from python_models.simulation.people import Floats, Integers, People, true_quality
from python_models.simulation.world import INTERVIEW_TYPES, World

STATUSES = ("completed", "cancelled", "candidate_no_show", "interviewer_no_show", "scheduled")
_STATUS_SHARES = (0.935, 0.04, 0.015, 0.01)
_COMPLETED, _SCHEDULED = 0, 4
# A session is booked in quarters of an hour and fits in this part of a day.
_SLOTS_PER_DAY = 96.0
_SESSION_DAYS = 0.1
_BOOKED_AHEAD_DAYS = 7.0
_NOBODY = -1


@dataclass(frozen=True)
class SessionBatch:
    """Sessions of one step, one array element each; `_NOBODY` (-1) where there is none."""

    number: Integers
    is_real: np.ndarray
    interview_type: Integers
    interviewer: Integers
    candidate: Integers
    company: Integers
    scheduled: Floats
    status: Integers
    verdicts: Verdicts
    ratings: Ratings
    is_rated: np.ndarray
    offer_probability: Floats

    @property
    def is_completed(self) -> np.ndarray:
        """Whether the session took place."""
        return self.status == _COMPLETED


class Journeys:
    """The state of a platform while it runs.

    Sessions come out step by step and are not kept here, so that memory stays with the people.

    Parameters
    ----------
    world : World
        The mechanisms.
    people : People
        Who takes part; interviewers' skill and bias move while the journeys run.
    rng : numpy.random.Generator
        Source of chance.
    """

    def __init__(self, world: World, people: People, rng: np.random.Generator) -> None:
        n = world.n_candidates
        self._world, self._people, self._rng = world, people, rng
        self._next_at = people.candidates.signed_up + 0.3 + rng.exponential(3.0, n)
        self._next_is_real = np.zeros(n, dtype=bool)
        self._n_done = np.zeros(n, dtype=np.int64)
        self._n_marks = np.zeros(n, dtype=np.int64)
        self._mark_total = np.zeros(n, dtype=np.int64)
        self._known = KnownRatings.empty(world.n_interviewers)
        self._n_sessions = 0

    def batches(self) -> Iterator[SessionBatch]:
        """Run the platform from its first to its last day, then show what is booked ahead."""
        world, tick = self._world, self._world.tick_days
        last_start = world.days - _SESSION_DAYS
        for day in np.arange(0.0, world.days, tick):
            due = np.flatnonzero(self._next_at < min(day + tick, last_start))
            if len(due):
                status = self._rng.choice(len(_STATUS_SHARES), len(due), p=_STATUS_SHARES)
                batch = self._hold(float(day), due, status)
                self._move_on(batch)
                yield batch
            self._people.interviewers.drift(world, tick, self._rng)
        booked = np.flatnonzero(self._next_at < world.days + _BOOKED_AHEAD_DAYS)
        booked = booked[self._next_at[booked] >= world.days]
        if len(booked):
            yield self._hold(world.days, booked, np.full(len(booked), _SCHEDULED))

    def _hold(self, day: float, candidate: Integers, status: Integers) -> SessionBatch:
        world, interviewers = self._world, self._people.interviewers
        n, is_real = len(candidate), self._next_is_real[candidate]
        skill = interviewers.skill(world, day)
        interviewer, probability = self._match(day, candidate, is_real, true_quality(world, skill))
        company = np.where(is_real, self._rng.integers(0, world.n_companies, n), _NOBODY)
        scheduled = np.floor(self._next_at[candidate] * _SLOTS_PER_DAY) / _SLOTS_PER_DAY
        verdicts = self._judge(candidate, interviewer, company)
        leniency = self._people.candidates.leniency[candidate]
        ratings = rate(
            world, skill[interviewer], leniency, verdicts.would_advance, scheduled, self._rng
        )
        batch = SessionBatch(
            number=self._n_sessions + np.arange(n),
            is_real=is_real,
            interview_type=self._types(candidate, interviewer),
            interviewer=interviewer,
            candidate=candidate,
            company=company,
            scheduled=scheduled,
            status=status,
            verdicts=verdicts,
            ratings=ratings,
            is_rated=self._hands_in(ratings) & (status == _COMPLETED) & ~is_real,
            offer_probability=probability,
        )
        self._n_sessions += n
        return batch

    def _match(
        self, day: float, candidate: Integers, is_real: np.ndarray, quality: Floats
    ) -> tuple[Integers, Floats]:
        mock = np.flatnonzero(~is_real)
        drawn, by_interviewer = choose_interviewers(
            self._world, self._people.interviewers, self._known, day, len(mock), self._rng
        )
        interviewer = np.full(len(candidate), _NOBODY)
        interviewer[mock] = pair(
            self._world, self._people.candidates, candidate[mock], drawn, quality, self._rng
        )
        probability = np.full(len(candidate), np.nan)
        probability[mock] = by_interviewer[interviewer[mock]]
        return interviewer, probability

    def _types(self, candidate: Integers, interviewer: Integers) -> Integers:
        n = len(candidate)
        wanted = self._people.candidates.favourite_type[candidate]
        offered = self._people.interviewers.main_type[interviewer]
        wanted = np.where((interviewer != _NOBODY) & (self._rng.random(n) < 0.6), offered, wanted)
        anything = self._rng.integers(0, len(INTERVIEW_TYPES), n)
        return np.where(self._rng.random(n) < 0.1, anything, wanted)

    def _judge(self, candidate: Integers, interviewer: Integers, company: Integers) -> Verdicts:
        world, interviewers = self._world, self._people.interviewers
        is_real = company != _NOBODY
        practice = world.practice_effect * np.log1p(self._n_done[candidate])
        seen = self._people.candidates.ability[candidate] + practice + world.real_shift * is_real
        bias = interviewers.bias(world)[interviewer]
        lean = np.where(is_real, -self._people.bars[company], bias)
        noise = np.where(is_real, world.company_noise, interviewers.noise[interviewer])
        return judge(world, seen, lean, noise, self._rng)

    def _hands_in(self, ratings: Ratings) -> np.ndarray:
        rate_ = self._world.feedback_rate
        if rate_ >= 1.0:
            return np.ones(len(ratings.latent), dtype=bool)
        odds = rate_ / (1.0 - rate_) * np.exp(self._world.feedback_slope * ratings.latent)
        return self._rng.random(len(ratings.latent)) < odds / (1.0 + odds)

    def _move_on(self, batch: SessionBatch) -> None:
        done = batch.is_completed
        mock = done & ~batch.is_real
        candidate = batch.candidate
        is_first = self._n_done[candidate] == 0
        self._n_done[candidate[done]] += 1
        self._n_marks[candidate[mock]] += 1
        self._mark_total[candidate[mock]] += batch.verdicts.technical[mock]
        self._learn(batch, mock)
        gone = self._gone(batch, is_first)
        self._next_at[candidate] = batch.scheduled + next_visit(self._world, done, gone, self._rng)
        # Who was turned down by a company goes back to practice first.
        failed = batch.is_real & ~batch.verdicts.would_advance
        self._next_is_real[candidate[done]] = (
            self._goes_on(candidate[done]) & ~gone[done] & ~failed[done]
        )

    def _learn(self, batch: SessionBatch, mock: np.ndarray) -> None:
        interviewers = self._people.interviewers
        held = np.bincount(batch.interviewer[mock], minlength=len(interviewers.n_held))
        interviewers.n_held += held
        rated = batch.is_rated
        self._known.add(batch.interviewer[rated], batch.ratings.items[rated].mean(axis=1))

    def _gone(self, batch: SessionBatch, is_first: np.ndarray) -> np.ndarray:
        world, people = self._world, self._people
        skill = people.interviewers.skill(world, float(batch.scheduled.min()))
        quality = true_quality(world, skill)[batch.interviewer]
        experience = Experience(
            quality=np.where(batch.is_real, 0.0, quality),
            mood=np.where(batch.is_real, 0.0, batch.ratings.mood),
            frailty=people.candidates.frailty[batch.candidate],
            level=people.candidates.level[batch.candidate],
            interview_type=batch.interview_type,
            day=batch.scheduled,
            is_first=is_first,
            verdicts=batch.verdicts,
        )
        passed = batch.is_real & batch.verdicts.would_advance
        hired = passed & (self._rng.random(len(passed)) < world.hire_prob)
        return batch.is_completed & (leaves(world, experience, self._rng) | hired)

    def _goes_on(self, candidate: Integers) -> np.ndarray:
        marks = self._mark_total[candidate] / np.maximum(self._n_marks[candidate], 1)
        blur = self._world.gate_noise * self._rng.standard_normal(len(candidate))
        is_above = (self._n_marks[candidate] > 0) & (marks + blur > self._world.gate)
        return is_above & (self._rng.random(len(candidate)) < self._world.go_on_prob)
