"""Ratings drawn from the very model that the fit `rating_components` assumes, of any size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

START = np.datetime64("2023-01-02", "us")
DAYS = 3 * 365.25


@dataclass(frozen=True)
class GaussianWorld:
    """True components of a rating; defaults are near those of the simulated platforms.

    Attributes
    ----------
    n_ratings, n_interviewers, n_candidates : int
        Sizes; interviewers' volumes are heavy-tailed (log standard deviation .7).
    mean : float
        At the last day, with the mean verdict.
    interviewer_variance, candidate_variance, residual_variance : float
        Where ratings differ.
    halo, trend : float
        Gain by a yes against a no; rise per year.
    drift_variance : float
        Random-walk variance of an interviewer's level per week.
    """

    n_ratings: int = 40_000
    n_interviewers: int = 400
    n_candidates: int = 10_000
    mean: float = 3.3
    interviewer_variance: float = 0.03
    candidate_variance: float = 0.06
    residual_variance: float = 0.15
    halo: float = 0.12
    trend: float = 0.03
    drift_variance: float = 0.0


def true_effects(world: GaussianWorld, seed: int) -> np.ndarray:
    """Draw each interviewer's effect; they have a stream of their own."""
    rng = np.random.default_rng([seed, 1])
    return rng.normal(0, np.sqrt(world.interviewer_variance), world.n_interviewers)


def draw_ratings(world: GaussianWorld, seed: int) -> pd.DataFrame:
    """Draw the panel of a world; a tenth of the sessions have no verdict."""
    rng = np.random.default_rng(seed)
    n, sd = world.n_ratings, np.sqrt
    volume = rng.lognormal(0, 0.7, world.n_interviewers)
    interviewer = rng.choice(world.n_interviewers, n, p=volume / volume.sum())
    candidate = rng.integers(0, world.n_candidates, n)
    day = np.sort(rng.random(n)) * DAYS
    verdict = rng.choice(np.array(["yes", "no", "none"]), n, p=[0.55, 0.35, 0.1])
    share = 0.55 / 0.9
    ended_at = START + (day * 86_400e6).astype("timedelta64[us]")
    gain = np.select([verdict == "yes", verdict == "no"], [1 - share, -share], 0.0)
    rating = (
        world.mean
        + world.halo * gain
        + world.trend * (day - DAYS) / 365.25
        + true_effects(world, seed)[interviewer]
        + rng.normal(0, sd(world.candidate_variance), world.n_candidates)[candidate]
        + rng.normal(0, sd(world.residual_variance), n)
    )
    if world.drift_variance:
        rating += _walks(world, rng)[interviewer, (day / 7).astype(int)]
    return pd.DataFrame(
        {
            "session_id": np.arange(n),
            "interviewer_id": interviewer,
            "candidate_key": candidate,
            "verdict": verdict,
            "rating": rating,
            "ended_at": pd.to_datetime(ended_at, utc=True),
        }
    )


def _walks(world: GaussianWorld, rng: np.random.Generator) -> np.ndarray:
    steps = rng.normal(0, np.sqrt(world.drift_variance), (world.n_interviewers, int(DAYS / 7) + 1))
    walks = np.cumsum(steps, axis=1)
    return walks - walks.mean(axis=1, keepdims=True)
