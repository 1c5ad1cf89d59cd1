"""Who leaves the platform after a session, and when the others come again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from python_models.simulation.judging import Verdicts
from python_models.simulation.people import Floats, Integers
from python_models.simulation.world import World

# Log-odds of leaving before `World.covariate_leaving` scales them, in the order of
# `INTERVIEW_TYPES` and `EXPERIENCE_LEVELS`.
_TYPE_EFFECTS = np.array([0.0, 0.15, -0.10, 0.10])
_LEVEL_EFFECTS = np.array([0.10, 0.0, -0.10])
_FIRST_SESSION_EFFECT = 0.20
_NEGATIVE_VERDICT_EFFECT = 0.20
_MARK_EFFECT = -0.05
_SEASON_EFFECT = 0.10

# Stayers are back well within the 60 days after which absence counts as having left, leavers not.
_LONGEST_BREAK_DAYS = 45.0
_SHORTEST_ABSENCE_DAYS = 180.0


@dataclass(frozen=True)
class Experience:
    """What leaving depends on, one array element per session."""

    quality: Floats
    mood: Floats
    frailty: Floats
    level: Integers
    interview_type: Integers
    day: Floats
    is_first: np.ndarray
    verdicts: Verdicts


def leaving_log_odds(world: World, experience: Experience) -> Floats:
    """Log-odds that the candidate leaves after the session."""
    verdicts = experience.verdicts
    covariates = (
        _TYPE_EFFECTS[experience.interview_type]
        + _LEVEL_EFFECTS[experience.level]
        + _FIRST_SESSION_EFFECT * experience.is_first
        + _NEGATIVE_VERDICT_EFFECT * ~verdicts.would_advance
        + _MARK_EFFECT * (verdicts.technical - 2.5)
        + _SEASON_EFFECT * np.sin(2.0 * np.pi * experience.day / 365.0)
    )
    return (
        world.leaving_base
        - world.quality_leaving * experience.quality
        + world.covariate_leaving * covariates
        + experience.frailty
        - world.mood_leaving * experience.mood
    )


def leaves(world: World, experience: Experience, rng: np.random.Generator) -> np.ndarray:
    """Draw who leaves."""
    log_odds = leaving_log_odds(world, experience)
    return rng.random(len(log_odds)) < 1.0 / (1.0 + np.exp(-log_odds))


def next_visit(
    world: World, is_completed: np.ndarray, is_gone: np.ndarray, rng: np.random.Generator
) -> Floats:
    """Days until the next session; infinite for those who never come back.

    Parameters
    ----------
    world : World
        Supplies the shortest break and the return of leavers.
    is_completed : ndarray of bool
        Sessions that fell through are booked again within days.
    is_gone : ndarray of bool
        Who left; a share returns for the next job search.
    rng : numpy.random.Generator
        Source of chance.
    """
    n = len(is_gone)
    stay = np.minimum(world.tick_days + rng.gamma(1.2, 7.0, n), _LONGEST_BREAK_DAYS)
    again = world.tick_days + 3.0 * rng.random(n)
    longest = max(365.0 * world.return_years - _SHORTEST_ABSENCE_DAYS, 1.0)
    absence = _SHORTEST_ABSENCE_DAYS + rng.exponential(longest, n)
    absence = np.where(rng.random(n) < world.return_prob, absence, np.inf)
    return np.select([is_gone, is_completed], [absence, stay], again)
