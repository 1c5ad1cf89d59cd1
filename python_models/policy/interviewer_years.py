"""Interviewer-years with known quality, and what a platform would see of them week by week."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from scipy.special import ndtri

from python_models.frames import BoolArray, FloatArray, IntArray
from python_models.policy.window_posterior import RatingScale, below_prob, window_weights

WEEKS = 52
VOLUME_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_BLOCK = 10_000


@dataclass(frozen=True)
class PlatformNumbers:
    """A platform as far as its standing policy is concerned.

    Attributes
    ----------
    scale
        Mean and variances of quality and of adjusted ratings.
    raw_noise_variance
        Of one raw rating around its interviewer's level: candidates' leniency and halo are in it.
    line
        Quality below which attrition is unacceptable.
    weekly_rated
        Rated sessions a week of interviewers, at the quantiles `VOLUME_LEVELS`.
    """

    scale: RatingScale
    raw_noise_variance: float
    line: float
    weekly_rated: tuple[float, ...]


@dataclass(frozen=True)
class InterviewerYears:
    """Years that nobody interfered with; a pause would only cut them short.

    Attributes
    ----------
    below_prob, raw_mean
        Years by weeks: probability of being below the line, and raw mean of the window, at the
        end of each week; NaN before the first rated session.
    n_rated
        Years by weeks: rated sessions in all.
    is_good, is_bad
        Quality above the line all year; at least half a sd below it all year.
    """

    below_prob: FloatArray
    raw_mean: FloatArray
    n_rated: IntArray
    is_good: BoolArray
    is_bad: BoolArray

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Put years from several draws under one another."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True)
class RatedSessions:
    """Rated sessions in the order of interviewers, then time.

    Attributes
    ----------
    time
        Week and its fraction, from the first week of history.
    adjusted, raw
        Ratings.
    starts
        Place of each interviewer's first session.
    ends
        Interviewers by weeks, history first: place after the last session of the week.
    quality
        Interviewers by weeks: the truth.
    weekly_rate
        Sessions a week that each interviewer holds on average.
    """

    time: FloatArray
    adjusted: FloatArray
    raw: FloatArray
    starts: IntArray
    ends: IntArray
    quality: FloatArray
    weekly_rate: FloatArray

    def windows(
        self, person: IntArray, last: IntArray, lookback: int
    ) -> tuple[IntArray, BoolArray]:
        """Places of the sessions before `last`, newest first, and which of them are held."""
        places = last[:, None] - 1 - np.arange(lookback)
        return np.maximum(places, 0), places >= self.starts[person][:, None]


def draw_years(
    platform: PlatformNumbers,
    n_years: int,
    *,
    history_weeks: int,
    lookback: int,
    bad_distance: float,
    rng: np.random.Generator,
) -> InterviewerYears:
    """Draw years and evaluate each week of them.

    Parameters
    ----------
    platform
        The platform's numbers.
    n_years
        How many to draw.
    history_weeks
        The longest past of an interviewer at the beginning of the year.
    lookback
        Sessions of the window.
    bad_distance
        How far below the line, in sd of quality, the truly bad are.
    rng
        Source of chance.
    """
    sizes = [min(_BLOCK, n_years - start) for start in range(0, n_years, _BLOCK)]
    blocks = (draw_sessions(platform, n, history_weeks, rng) for n in sizes)
    return InterviewerYears.joined(
        [evaluated(platform, block, lookback, bad_distance) for block in blocks]
    )


def draw_sessions(
    platform: PlatformNumbers, n: int, history_weeks: int, rng: np.random.Generator
) -> RatedSessions:
    """Draw interviewers, and the sessions of their past and of one year.

    Quality is normal over interviewers and wanders so that its variance stays (an autoregression
    with `drift_variance` a week). An interviewer has been there for up to `history_weeks`, evenly,
    when the year begins; sessions come at random (Poisson) at a rate of the person's own.

    Parameters
    ----------
    platform
        The platform's numbers.
    n
        Interviewers.
    history_weeks
        The longest past.
    rng
        Source of chance.
    """
    quality = _quality(platform.scale, n, history_weeks + WEEKS, rng)
    rate = _rates(platform, n, rng)
    joined = rng.integers(0, history_weeks + 1, n)
    is_there = np.arange(history_weeks + WEEKS) >= joined[:, None]
    counts = rng.poisson(rate[:, None] * is_there)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    ends = np.cumsum(counts.ravel())
    place = np.arange(len(cell)) - (ends - counts.ravel())[cell]
    noise, raw_noise = platform.scale.noise_variance, platform.raw_noise_variance
    adjusted = quality.ravel()[cell] + np.sqrt(noise) * rng.standard_normal(len(cell))
    more = np.sqrt(max(raw_noise - noise, 0.0)) * rng.standard_normal(len(cell))
    return RatedSessions(
        time=cell % counts.shape[1] + (place + 1.0) / (counts.ravel()[cell] + 1.0),
        adjusted=adjusted,
        raw=adjusted + more,
        starts=ends.reshape(counts.shape)[:, 0] - counts[:, 0],
        ends=ends.reshape(counts.shape),
        quality=quality,
        weekly_rate=rate,
    )


def evaluated(
    platform: PlatformNumbers, sessions: RatedSessions, lookback: int, bad_distance: float
) -> InterviewerYears:
    """Evaluate the last year of sessions week by week.

    Parameters
    ----------
    platform, lookback, bad_distance
        As in `draw_years`.
    sessions
        Of the past and of the year.
    """
    year = sessions.quality[:, -WEEKS:]
    bad_line = platform.line - bad_distance * np.sqrt(platform.scale.between_variance)
    return InterviewerYears(
        below_prob=_weekly_prob(platform, sessions, lookback),
        raw_mean=_weekly_raw_mean(sessions, lookback),
        n_rated=sessions.ends[:, -WEEKS:] - sessions.starts[:, None],
        is_good=year.min(axis=1) > platform.line,
        is_bad=year.max(axis=1) <= bad_line,
    )


def _quality(scale: RatingScale, n: int, n_weeks: int, rng: np.random.Generator) -> FloatArray:
    keep = max(1.0 - scale.drift_variance / (2.0 * scale.between_variance), 0.0)
    step = np.sqrt(scale.between_variance * (1.0 - keep**2))
    moves = step * rng.standard_normal((n, n_weeks))
    moves[:, 0] = np.sqrt(scale.between_variance) * rng.standard_normal(n)
    for week in range(1, n_weeks):
        moves[:, week] += keep * moves[:, week - 1]
    return scale.mean + moves


def _rates(platform: PlatformNumbers, n: int, rng: np.random.Generator) -> FloatArray:
    """Log-linear between the quantiles; beyond the outer ones people count as lying on them."""
    scores = rng.standard_normal(n)
    rates: FloatArray = np.exp(
        np.interp(scores, ndtri(VOLUME_LEVELS), np.log(np.maximum(platform.weekly_rated, 1e-6)))
    )
    return rates


def _weekly_prob(platform: PlatformNumbers, sessions: RatedSessions, lookback: int) -> FloatArray:
    n_weeks = sessions.ends.shape[1]
    ends = sessions.ends[:, -WEEKS:]
    before = sessions.ends[:, -WEEKS - 1 : -1]
    has_news = ends > before
    # What was known when the year began is looked at in its first week.
    has_news[:, 0] = ends[:, 0] > sessions.starts
    person, week = np.nonzero(has_news)
    last = ends[person, week]
    places, is_held = sessions.windows(person, last, lookback)
    ages = sessions.time[last - 1][:, None] - sessions.time[places]
    window = window_weights(ages, is_held, platform.scale)
    mean = (window.weights * sessions.adjusted[places]).sum(axis=1)
    idle = n_weeks - WEEKS + week + 1.0 - sessions.time[last - 1]
    probs = np.full(ends.shape, np.nan)
    probs[person, week] = below_prob(
        mean, window.error_variance, idle, platform.line, platform.scale
    )
    # Idle people keep their last P.
    for at in range(1, WEEKS):
        probs[:, at] = np.where(has_news[:, at], probs[:, at], probs[:, at - 1])
    return probs


def _weekly_raw_mean(sessions: RatedSessions, lookback: int) -> FloatArray:
    sums = np.concatenate([[0.0], np.cumsum(sessions.raw)])
    ends = sessions.ends[:, -WEEKS:]
    begins = np.maximum(ends - lookback, sessions.starts[:, None])
    n = ends - begins
    return np.divide(sums[ends] - sums[begins], n, out=np.full(ends.shape, np.nan), where=n > 0)
