"""People, open slots and requests of a platform whose scheduler is tried out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from python_models.dispatch.settings import DispatchSettings
from python_models.frames import BoolArray, FloatArray, IntArray
from python_models.simulation.judging import expected_ratings, rate
from python_models.simulation.people import true_quality
from python_models.simulation.world import FACTORS, World

# Trend is what adjusted ratings are rid of; who is kind and who said yes stays in as noise.
_WORLD = replace(World(), inflation_per_year=0.0)


@dataclass(frozen=True)
class LoopWorld:
    """A platform of which the truth is known; ratings are drawn as in the simulator's base world.

    Parameters
    ----------
    n_interviewers : int
        Who is there at some time.
    weeks : int
        Batches.
    n_blocks : int
        Interview types times slots of a week; nobody holds two sessions in one.
    open_slots : float
        Slots that an interviewer opens a week, on the mean.
    capacity_ratio : float
        Open slots over requests.
    volume_sd : float
        Log standard deviation of open slots between interviewers.
    founders_share : float
        Who is there from the start, with `founders_ratings` ratings each; the rest join evenly.
    founders_ratings : int
        Ratings from before the start, when sessions were handed out at random.
    window : int or None
        Ratings that count for the posterior, the last ones; None is all.
    refit_weeks : int
        Weeks between two estimates of the platform's mean and variances.
    trial_weeks, trial_sessions : int
        How soon a newcomer is to reach how many sessions.
    rules : DispatchSettings
        Reserved share and bounds.
    """

    n_interviewers: int = 1_000
    weeks: int = 156
    n_blocks: int = 40
    open_slots: float = 4.0
    capacity_ratio: float = 4.0
    volume_sd: float = 1.0
    founders_share: float = 0.45
    founders_ratings: int = 30
    window: int | None = 30
    refit_weeks: int = 4
    trial_weeks: int = 26
    trial_sessions: int = 10
    rules: DispatchSettings = field(default_factory=DispatchSettings)


@dataclass(frozen=True)
class LoopPeople:
    """Interviewers, one array element each.

    Attributes
    ----------
    skill : FloatArray of shape (n, 4)
        Latent factors; they do not change.
    quality : FloatArray
        What makes candidates stay, in standard deviations of these interviewers.
    expected : FloatArray
        Mean of the ratings of many candidates: what `quality_estimate` estimates.
    joined : IntArray
        Week of joining; -1 for founders.
    left : IntArray
        First week in which they are gone.
    openness : FloatArray
        Open slots a week, on the mean.
    """

    skill: FloatArray
    quality: FloatArray
    expected: FloatArray
    joined: IntArray
    left: IntArray
    openness: FloatArray


@dataclass(frozen=True)
class Week:
    """What is open and asked for.

    Attributes
    ----------
    is_active : BoolArray of shape (n_interviewers,)
    is_open : BoolArray of shape (n_interviewers, n_blocks)
    n_requests : IntArray of shape (n_blocks,)
    """

    is_active: BoolArray
    is_open: BoolArray
    n_requests: IntArray


def draw_people(world: LoopWorld, rng: np.random.Generator) -> LoopPeople:
    """Draw the interviewers of a platform."""
    n, correlation = world.n_interviewers, _WORLD.factor_correlation
    skill = np.sqrt(correlation) * rng.standard_normal((n, 1))
    skill = skill + np.sqrt(1.0 - correlation) * rng.standard_normal((n, len(FACTORS)))
    quality = true_quality(_WORLD, skill)
    joined = np.where(
        rng.random(n) < world.founders_share, -1, rng.integers(0, max(world.weeks, 1), n)
    )
    stay = rng.exponential(365.0 / 7.0 / _WORLD.departure_rate, n)
    spread = np.exp(world.volume_sd * rng.standard_normal(n) - world.volume_sd**2 / 2.0)
    return LoopPeople(
        skill=skill,
        quality=(quality - quality.mean()) / quality.std(),
        expected=true_quality(_WORLD, expected_ratings(_WORLD, skill, 0.0)),
        joined=joined,
        left=(np.maximum(joined, 0) + 1 + stay).astype(np.int64),
        openness=world.open_slots * spread,
    )


def draw_week(world: LoopWorld, people: LoopPeople, week: int, rng: np.random.Generator) -> Week:
    """Draw the open slots and the requests of a week."""
    n, n_blocks = world.n_interviewers, world.n_blocks
    is_active = (people.joined <= week) & (week < people.left)
    n_open = np.minimum(rng.poisson(people.openness), n_blocks) * is_active
    order = np.argsort(rng.random((n, n_blocks)), axis=1)
    wanted = int(np.rint(n_open.sum() / world.capacity_ratio))
    return Week(
        is_active=is_active,
        is_open=order < n_open[:, None],
        n_requests=rng.multinomial(wanted, np.full(n_blocks, 1.0 / n_blocks)),
    )


def draw_ratings(people: LoopPeople, met: IntArray, rng: np.random.Generator) -> FloatArray:
    """Weighted rating of each session, 1 to 4, from candidates met at random."""
    n = len(met)
    ratings = rate(
        _WORLD,
        people.skill[met],
        rng.normal(0.0, _WORLD.leniency_sd, n),
        rng.random(n) < 0.5,
        np.zeros(n),
        rng,
    )
    return true_quality(_WORLD, ratings.items.astype(np.float64))


def handed_in(n: int, rng: np.random.Generator) -> BoolArray:
    """Which sessions are rated; missing at random here."""
    return rng.random(n) < _WORLD.feedback_rate
