"""Draws the people and companies of a world, with everything true about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from python_models.simulation.world import EXPERIENCE_LEVELS, FACTORS, INTERVIEW_TYPES, World

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_TYPE_SHARES = (0.60, 0.18, 0.12, 0.10)
_LEVEL_SHARES = (0.30, 0.42, 0.28)
# Sessions after which 63 % of what practice teaches an interviewer is learned.
_LEARNING_SESSIONS = 30.0


@dataclass
class Interviewers:
    """Interviewers, one array element each; skill and bias move as `drift` is called."""

    joined: Floats
    left: Floats
    appetite: Floats
    main_type: Integers
    steady_skill: Floats
    moving_skill: Floats
    jump_at: Floats
    jump: Floats
    steady_bias: Floats
    moving_bias: Floats
    noise: Floats
    n_held: Integers
    tier: Integers
    years_experience: Integers
    interviews_before: Integers

    def bias(self, world: World) -> Floats:
        """Leniency in verdicts now; higher is more lenient."""
        kept = np.sqrt(1.0 - world.bias_drift_share) * self.steady_bias
        return kept + np.sqrt(world.bias_drift_share) * self.moving_bias

    def skill(self, world: World, day: float) -> Floats:
        """Skill factors on a day, one row per interviewer; higher is better."""
        kept = np.sqrt(1.0 - world.skill_drift_share) * self.steady_skill
        moved = np.sqrt(world.skill_drift_share) * self.moving_skill
        learned = world.learning_gain * (1.0 - np.exp(-self.n_held / _LEARNING_SESSIONS))
        jumped = self.jump * (self.jump_at <= day)[:, None]
        penalty = world.bias_penalty * self.bias(world) ** 2
        return kept + moved + jumped + (learned - penalty)[:, None]

    def drift(self, world: World, days: float, rng: np.random.Generator) -> None:
        """Move the moving parts of skill and bias forward by some days."""
        keep = 0.5 ** (days / (7.0 * world.skill_half_life_weeks))
        shock = _correlated_factors(world, len(self.joined), rng)
        self.moving_skill = keep * self.moving_skill + np.sqrt(1.0 - keep**2) * shock
        keep = 0.5 ** (days / (7.0 * world.bias_half_life_weeks))
        shock = rng.normal(0.0, world.bias_sd, len(self.joined))
        self.moving_bias = keep * self.moving_bias + np.sqrt(1.0 - keep**2) * shock


@dataclass(frozen=True)
class Candidates:
    """Candidates, one array element each."""

    signed_up: Floats
    level: Integers
    ability: Floats
    leniency: Floats
    frailty: Floats
    favourite_type: Integers


@dataclass(frozen=True)
class People:
    """Everybody on the platform, and the companies' bars."""

    interviewers: Interviewers
    candidates: Candidates
    bars: Floats


def draw_people(world: World, rng: np.random.Generator) -> People:
    """Draw interviewers, candidates and companies of a world."""
    interviewers, candidates = _draw_interviewers(world, rng), _draw_candidates(world, rng)
    bars = rng.normal(0.0, world.bar_sd, world.n_companies)
    # The average company is the zero of every bias, in each draw and not just in expectation.
    return People(interviewers=interviewers, candidates=candidates, bars=bars - bars.mean())


def true_quality(world: World, skill: Floats) -> Floats:
    """What makes candidates stay: the factors under their true weights; higher is better."""
    return skill @ np.asarray(world.leaving_weights)


def _correlated_factors(world: World, n: int, rng: np.random.Generator) -> Floats:
    shared = rng.standard_normal((n, 1))
    own = rng.standard_normal((n, len(FACTORS)))
    correlation = world.factor_correlation
    return np.sqrt(correlation) * shared + np.sqrt(1.0 - correlation) * own


def _draw_interviewers(world: World, rng: np.random.Generator) -> Interviewers:
    n = world.n_interviewers
    is_founder = rng.random(n) < world.founders_share
    joined = np.where(is_founder, -365.0 * rng.random(n), world.days * rng.random(n))
    with np.errstate(divide="ignore"):
        stay = rng.exponential(1.0, n) * np.divide(365.0, world.departure_rate)
    # However small the world, somebody must be there for every session.
    joined[:1], stay[:1] = -365.0, np.inf
    has_jump = rng.random(n) < world.abrupt_share
    jump = world.abrupt_sd * _correlated_factors(world, n, rng) * has_jump[:, None]
    return Interviewers(
        joined=joined,
        # A founder's departure clock starts with the platform, not with the joining before it.
        left=np.maximum(joined, 0.0) + stay,
        appetite=np.exp(world.volume_sd * rng.standard_normal(n)),
        main_type=rng.choice(len(INTERVIEW_TYPES), n, p=_TYPE_SHARES),
        steady_skill=_correlated_factors(world, n, rng),
        moving_skill=_correlated_factors(world, n, rng),
        jump_at=world.days * rng.random(n),
        jump=jump,
        steady_bias=rng.normal(0.0, world.bias_sd, n),
        moving_bias=rng.normal(0.0, world.bias_sd, n),
        noise=world.judgement_noise * np.exp(world.judgement_noise_spread * rng.standard_normal(n)),
        n_held=np.zeros(n, dtype=np.int64),
        tier=rng.choice(3, n, p=(0.55, 0.40, 0.05)),
        years_experience=3 + rng.poisson(5.0, n),
        interviews_before=10 + rng.poisson(60.0 * rng.gamma(2.0, 0.5, n)),
    )


def _draw_candidates(world: World, rng: np.random.Generator) -> Candidates:
    n = world.n_candidates
    level = rng.choice(len(EXPERIENCE_LEVELS), n, p=_LEVEL_SHARES)
    return Candidates(
        signed_up=world.days * rng.random(n),
        level=level,
        ability=world.ability_mean + world.level_gap * (level - 1.0) + rng.standard_normal(n),
        leniency=rng.normal(0.0, world.leniency_sd, n),
        frailty=rng.normal(0.0, world.frailty_sd, n),
        favourite_type=rng.choice(len(INTERVIEW_TYPES), n, p=_TYPE_SHARES),
    )
