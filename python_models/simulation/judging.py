"""What each side says after a session: the candidate's ratings, the interviewer's verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from python_models.simulation.people import Floats, Integers
from python_models.simulation.world import FACTORS, World

# Marks of the verdict form fall between these distances from the companies' mean bar.
_MARK_CUTS = np.array([-1.0, 0.0, 1.0])


@dataclass(frozen=True)
class Verdicts:
    """An interviewer's form, one array element per session; marks on 1..4."""

    would_advance: np.ndarray
    technical: Integers
    problem_solving: Integers
    communication: Integers


@dataclass(frozen=True)
class Ratings:
    """A candidate's ratings, before anybody decides to hand them in.

    Attributes
    ----------
    items : ndarray of shape (n, 4)
        Ratings on 1..4 in the order of `FACTORS`.
    mood : ndarray of shape (n,)
        Mood of the day, which leaving feels as well.
    latent : ndarray of shape (n,)
        The session's latent experience, which decides on forms handed in and on NPS.
    """

    items: Integers
    mood: Floats
    latent: Floats


def judge(
    world: World, seen: Floats, lean: Floats, noise: Floats, rng: np.random.Generator
) -> Verdicts:
    """Form a verdict on candidates of a given ability.

    Parameters
    ----------
    world : World
        Supplies the noise of the form's items.
    seen : ndarray
        Ability shown on the day, against the companies' mean bar.
    lean : ndarray
        Bias of an interviewer, or minus the bar of a company; positive says yes more often.
    noise : ndarray
        Standard deviation of the judgement.
    rng : numpy.random.Generator
        Source of chance.
    """
    n = len(seen)
    impression = seen + lean + noise * rng.standard_normal(n)
    item_noise = world.item_judgement_noise * rng.standard_normal((3, n))
    return Verdicts(
        would_advance=impression > 0.0,
        technical=_mark(impression + item_noise[0]),
        problem_solving=_mark(impression + item_noise[1]),
        # Speaking well has little to do with solving the problem.
        communication=_mark(0.8 + 0.3 * impression + 1.8 * item_noise[2]),
    )


def rate(
    world: World,
    skill: Floats,
    leniency: Floats,
    would_advance: np.ndarray,
    day: Floats,
    rng: np.random.Generator,
) -> Ratings:
    """Draw candidates' ordinal ratings of the interviewers they met.

    Assumes an ordered probit: latent rating = skill + candidate's leniency + halo of the verdict
    + mood + inflation + noise, cut at `World.rating_cuts`.

    Parameters
    ----------
    world : World
        Supplies loadings and thresholds.
    skill : ndarray of shape (n, 4)
        Skill factors of the interviewer met.
    leniency : ndarray of shape (n,)
        Kindness of the candidate.
    would_advance : ndarray of bool
        The verdict, which candidates guess from the session itself.
    day : ndarray
        Day since the start, for inflation.
    rng : numpy.random.Generator
        Source of chance.
    """
    n = len(leniency)
    mood = rng.normal(0.0, world.mood_sd, n)
    shared = (
        leniency
        + world.halo * (would_advance - 0.5)
        + mood
        + world.inflation_per_year * day / 365.0
        + rng.normal(0.0, world.session_noise_sd, n)
    )
    latent = shared[:, None] + world.rating_skill * skill
    noisy = latent + rng.normal(0.0, world.item_noise_sd, (n, len(FACTORS)))
    items = 1 + np.searchsorted(np.asarray(world.rating_cuts), noisy)
    return Ratings(items=items, mood=mood, latent=latent.mean(axis=1))


def expected_ratings(world: World, skill: Floats, day: float) -> Floats:
    """What `rate` gives an interviewer on the mean of many candidates, for tests alone.

    The mean is over the leniency of all candidates (not of those whom matching leads there),
    verdicts of which half say yes, moods and noise. Who hands in a form makes no difference here,
    though it does in the data: compare after taking off one offset for the whole platform.

    Parameters
    ----------
    world : World
        Supplies loadings, spreads and thresholds.
    skill : ndarray of shape (n, 4)
        Skill factors of the interviewers.
    day : float
        Day since the start, for inflation.

    Returns
    -------
    ndarray of shape (n, 4)
        Expected ratings between 1 and 4, in the order of `FACTORS`.
    """
    spreads = (world.leniency_sd, world.mood_sd, world.session_noise_sd, world.item_noise_sd)
    latent = world.rating_skill * skill + world.inflation_per_year * day / 365.0
    expected = np.ones_like(latent)
    for halo in (-0.5 * world.halo, 0.5 * world.halo):
        for cut in world.rating_cuts:
            expected += 0.5 * ndtr((latent + halo - cut) / np.linalg.norm(spreads))
    return expected


def _mark(impression: Floats) -> Integers:
    return 1 + np.searchsorted(_MARK_CUTS, impression)
