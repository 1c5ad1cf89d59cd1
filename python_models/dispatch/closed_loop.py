"""What a way of handing out sessions does in the long run: ratings decide on the next offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.dispatch.loop_world import (
    LoopPeople,
    LoopWorld,
    Week,
    draw_people,
    draw_ratings,
    draw_week,
    handed_in,
)
from python_models.dispatch.newcomer_lottery import reserved_seats
from python_models.dispatch.running_posterior import RunningPosterior, is_newcomer
from python_models.frames import FloatArray, IntArray

POLICIES = ("dispatch", "greedy", "random")
_DECILES = 10
_TOP_DECILES = 2
_TOP_SHARE = _TOP_DECILES / _DECILES


@dataclass(frozen=True)
class LoopOutcome:
    """What a policy led to on one platform.

    Attributes
    ----------
    sessions_by_decile : FloatArray of shape (10,)
        Share of sessions held by each tenth of the interviewers active in the week, by posterior
        mean at its start; the best first.
    newcomers : pd.DataFrame
        One row per newcomer who was there for all of the trial weeks: `n_open` slots opened and
        `n_held` sessions held in them.
    served_quality : float
        Mean true quality of the interviewers met, in standard deviations of interviewers.
    reserved_share : float
        Share of sessions that the lottery gave to newcomers.
    throttled : pd.DataFrame
        One row per interviewer, active and rated at the end, who ranks below the best fifth:
        `posterior_error` and `raw_error` (mean of the same last ratings) against the expected
        rating, in standard deviations of interviewers; `n` ratings that count.
    """

    sessions_by_decile: FloatArray
    newcomers: pd.DataFrame
    served_quality: float
    reserved_share: float
    throttled: pd.DataFrame

    @property
    def top_share(self) -> float:
        """Share of sessions that the best fifth holds."""
        return float(self.sessions_by_decile[:_TOP_DECILES].sum())

    def share_tried(self, n_sessions: int, least_open: int = 0) -> float:
        """Share of newcomers with so many sessions, of those who opened enough slots."""
        asked = self.newcomers[self.newcomers["n_open"] >= least_open]
        return float((asked["n_held"] >= n_sessions).mean())


def simulate_loop(world: LoopWorld, policy: str, *, seed: int) -> LoopOutcome:
    """Hand out a platform's sessions week by week under a policy.

    People, open slots and requests are the same for every policy at a seed.

    Parameters
    ----------
    world : LoopWorld
        The platform.
    policy : {"dispatch", "greedy", "random"}
        `dispatch`: a reserved share for newcomers, the rest by posterior mean; `greedy`: all by
        posterior mean; `random`: anybody who is free. In a block the best free ones are its
        optimum, as nobody is open for two types at a slot and open slots are the only cap.
    seed : int
        Decides everything.

    Raises
    ------
    ValueError
        If the policy is none of these.
    """
    if policy not in POLICIES:
        raise ValueError(f"policy must be one of {', '.join(POLICIES)}, and is {policy!r}")
    outside, inside = (np.random.default_rng([seed, stream]) for stream in (0, 1))
    people = draw_people(world, outside)
    known = RunningPosterior(world.n_interviewers, world.window)
    founders = np.repeat(np.flatnonzero(people.joined < 0), world.founders_ratings)
    known.add(founders, draw_ratings(people, founders, inside))
    tally = _Tally(world, people)
    for week in range(world.weeks):
        if week % world.refit_weeks == 0:
            known.refit()
        seen, estimate = draw_week(world, people, week, outside), known.means()
        met, n_reserved = _hand_out(world, policy, seen, estimate, known.n_rated, inside)
        tally.add(week, seen, estimate, met, n_reserved)
        is_rated = handed_in(len(met), inside)
        known.add(met[is_rated], draw_ratings(people, met[is_rated], inside))
    return tally.outcome(known)


def compare_policies(world: LoopWorld, seeds: Sequence[int]) -> pd.DataFrame:
    """The four measures, one row per policy and seed.

    Returns
    -------
    pd.DataFrame
        `policy`, `seed`, `top_share`, `share_tried` (all newcomers), `share_tried_open` (those
        who opened a slot a week on the mean), `reserved_share`, `served_quality`, `cost` (greedy's
        less this one's), `posterior_bias` and `raw_bias` (of the throttled).
    """
    rows = []
    for seed in seeds:
        outcomes = {policy: simulate_loop(world, policy, seed=seed) for policy in POLICIES}
        best = outcomes["greedy"].served_quality
        for policy, outcome in outcomes.items():
            rows.append(
                {
                    "policy": policy,
                    "seed": seed,
                    "top_share": outcome.top_share,
                    "share_tried": outcome.share_tried(world.trial_sessions),
                    "share_tried_open": outcome.share_tried(
                        world.trial_sessions, least_open=world.trial_weeks
                    ),
                    "reserved_share": outcome.reserved_share,
                    "served_quality": outcome.served_quality,
                    "cost": best - outcome.served_quality,
                    "posterior_bias": outcome.throttled["posterior_error"].mean(),
                    "raw_bias": outcome.throttled["raw_error"].mean(),
                }
            )
    return pd.DataFrame(rows)


def _hand_out(
    world: LoopWorld,
    policy: str,
    week: Week,
    estimate: FloatArray,
    n_rated: IntArray,
    rng: np.random.Generator,
) -> tuple[IntArray, int]:
    """Interviewer of each session of a week, and how many were reserved for newcomers."""
    tie = rng.random(len(estimate))
    is_new = is_newcomer(n_rated, world.rules.newcomer_sessions)
    left = np.where(is_new & (policy == "dispatch"), world.rules.newcomer_weekly, 0)
    met, n_reserved = [], 0
    for block, wanted in enumerate(week.n_requests.tolist()):
        free = np.flatnonzero(week.is_open[:, block])
        newcomers = free[left[free] > 0]
        _, n_seats = reserved_seats(wanted, len(newcomers), world.rules.newcomer_share, rng)
        drawn = rng.choice(newcomers, n_seats, replace=False)
        left[drawn] -= 1
        free = np.setdiff1d(free, drawn, assume_unique=True)
        by = tie if policy == "random" else estimate
        if policy == "random":
            tie = rng.random(len(estimate))
        order = np.lexsort((tie[free], -by[free]))
        met += [drawn, free[order[: wanted - n_seats]]]
        n_reserved += n_seats
    return np.concatenate(met).astype(np.int64), n_reserved


class _Tally:
    """Counts what is needed for the measures, week by week."""

    def __init__(self, world: LoopWorld, people: LoopPeople) -> None:
        self._world, self._people = world, people
        self._by_decile = np.zeros(_DECILES)
        self._n_open = np.zeros(world.n_interviewers, dtype=np.int64)
        self._n_held = np.zeros(world.n_interviewers, dtype=np.int64)
        self._quality, self._n_reserved = 0.0, 0
        self._active = np.zeros(world.n_interviewers, dtype=bool)

    def add(
        self, week: int, seen: Week, estimate: FloatArray, met: IntArray, n_reserved: int
    ) -> None:
        active = np.flatnonzero(seen.is_active)
        decile = np.zeros(len(estimate), dtype=np.int64)
        by_rank = active[np.argsort(-estimate[active], kind="stable")]
        decile[by_rank] = np.arange(len(active)) * _DECILES // max(len(active), 1)
        self._by_decile += np.bincount(decile[met], minlength=_DECILES)
        is_on_trial = (week - self._people.joined < self._world.trial_weeks) & seen.is_active
        n_held = np.bincount(met, minlength=len(estimate))
        self._n_open += seen.is_open.sum(axis=1) * is_on_trial
        self._n_held += n_held * is_on_trial
        self._quality += float(self._people.quality[met].sum())
        self._n_reserved += n_reserved
        self._active = seen.is_active

    def outcome(self, known: RunningPosterior) -> LoopOutcome:
        n, people = self._by_decile.sum(), self._people
        end = people.joined + self._world.trial_weeks
        is_new = (people.joined >= 0) & (end <= np.minimum(self._world.weeks, people.left))
        trial = pd.DataFrame({"n_open": self._n_open[is_new], "n_held": self._n_held[is_new]})
        return LoopOutcome(
            sessions_by_decile=self._by_decile / n,
            newcomers=trial,
            served_quality=self._quality / n,
            reserved_share=self._n_reserved / n,
            throttled=self._throttled(known),
        )

    def _throttled(self, known: RunningPosterior) -> pd.DataFrame:
        posterior, (raw, n) = known.means(), known.window_means()
        best = np.quantile(posterior[self._active], 1.0 - _TOP_SHARE)
        is_low = self._active & (known.n_rated > 0) & (posterior < best)
        truth, spread = self._people.expected, self._people.expected.std()
        errors = {"posterior_error": posterior - truth, "raw_error": raw - truth}
        table = pd.DataFrame({name: error / spread for name, error in errors.items()})
        return table.assign(n=n)[is_low]
