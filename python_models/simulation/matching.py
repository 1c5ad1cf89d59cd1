"""Decides which interviewer meets which candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from python_models.simulation.people import Candidates, Floats, Integers, Interviewers
from python_models.simulation.world import World

# Ratings so far are shrunken as if each interviewer had this many average ones besides.
_PRIOR_RATINGS = 8.0
_NEWCOMER_SESSIONS = 15
# Share of interviewers who have an open slot in one step of a throttled world.
_AVAILABLE_SHARE = 0.9


@dataclass
class KnownRatings:
    """Running sums of the ratings that the platform's scheduler has seen."""

    total: Floats
    n: Floats

    @classmethod
    def empty(cls, n_interviewers: int) -> KnownRatings:
        """Nothing known yet."""
        return cls(total=np.zeros(n_interviewers), n=np.zeros(n_interviewers))

    def add(self, interviewer: Integers, rating: Floats) -> None:
        """Take up the mean ratings of some sessions."""
        size = len(self.total)
        self.total += np.bincount(interviewer, weights=rating, minlength=size)
        self.n += np.bincount(interviewer, minlength=size)

    def shrunken_means(self) -> Floats:
        """Each interviewer's mean so far, drawn towards the platform's."""
        overall = self.total.sum() / max(self.n.sum(), 1.0)
        return (self.total + _PRIOR_RATINGS * overall) / (self.n + _PRIOR_RATINGS)


def choose_interviewers(
    world: World,
    interviewers: Interviewers,
    known: KnownRatings,
    day: float,
    n_sessions: int,
    rng: np.random.Generator,
) -> tuple[Integers, Floats]:
    """Draw one interviewer for each session of a step, in no particular order.

    Returns
    -------
    drawn : ndarray of shape (n_sessions,)
    probability : ndarray of shape (n_interviewers,)
        With which each was drawn for any one of the sessions.
    """
    is_active = (interviewers.joined <= day) & (interviewers.left > day + world.tick_days)
    weights = interviewers.appetite * is_active
    weights = weights / max(weights.sum(), np.finfo(float).tiny)
    if world.throttle > 0.0:
        by_rank = _weights_by_rank(world, interviewers, known, is_active, n_sessions, rng)
        weights = (1.0 - world.throttle) * weights + world.throttle * by_rank
    cumulated = np.cumsum(weights)
    drawn = np.searchsorted(cumulated, rng.random(n_sessions) * cumulated[-1], side="right")
    return drawn, weights / max(cumulated[-1], np.finfo(float).tiny)


def pair(
    world: World,
    candidates: Candidates,
    candidate: Integers,
    interviewer: Integers,
    quality: Floats,
    rng: np.random.Generator,
) -> Integers:
    """Order the drawn interviewers so that `World.matching` ties demands to quality.

    Volumes stay as drawn; only who sits with whom changes.
    """
    if world.matching <= 0.0:
        return interviewer
    spread = np.hypot(world.leniency_sd, world.frailty_sd) or 1.0
    demands = (candidates.frailty[candidate] - candidates.leniency[candidate]) / spread
    blur = np.sqrt(1.0 - world.matching**2) * rng.standard_normal(len(candidate))
    rank = np.argsort(world.matching * demands + blur, kind="stable")
    paired = np.empty_like(interviewer)
    paired[rank] = interviewer[np.argsort(quality[interviewer], kind="stable")]
    return paired


def _weights_by_rank(
    world: World,
    interviewers: Interviewers,
    known: KnownRatings,
    is_active: np.ndarray,
    n_sessions: int,
    rng: np.random.Generator,
) -> Floats:
    """Shares of demand if the best rated are filled first, newcomers' share apart."""
    is_free = is_active & (rng.random(len(is_active)) < _AVAILABLE_SHARE)
    if not is_free.any():
        is_free = is_active
    capacity = interviewers.appetite * is_free
    capacity *= world.capacity_ratio * n_sessions / max(capacity.sum(), np.finfo(float).tiny)
    is_newcomer = is_free & (interviewers.n_held < _NEWCOMER_SESSIONS)
    newcomer_share = world.newcomer_share if is_newcomer.any() else 0.0
    order = np.argsort(-known.shrunken_means(), kind="stable")
    filled_before = np.cumsum(capacity[order]) - capacity[order]
    wanted = (1.0 - newcomer_share) * n_sessions
    by_rank = np.empty_like(capacity)
    by_rank[order] = np.clip(wanted - filled_before, 0.0, capacity[order])
    newcomers = is_newcomer / max(is_newcomer.sum(), 1)
    return by_rank / max(n_sessions, 1) + newcomer_share * newcomers
