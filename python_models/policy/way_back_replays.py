"""Whether a stated chance of leaving the warning comes true, in replays (C3)."""

from dataclasses import dataclass

import numpy as np

from python_models.frames import BoolArray, FloatArray
from python_models.policy.interviewer_years import (
    PlatformNumbers,
    draw_sessions,
    evaluated,
)
from python_models.policy.policy_runs import run_rule
from python_models.policy.standing_rule import (
    Evaluation,
    Standing,
    Standings,
    Thresholds,
    decide,
    evaluate,
    new_standings,
)
from python_models.policy.way_back import Windows, sessions_to_leave
from python_models.policy.window_posterior import below_prob, window_weights

_LONGEST_WEEKS = 156


@dataclass(frozen=True)
class Replays:
    """One array element per warned person to whom a number of sessions was stated.

    Attributes
    ----------
    n_stated
        Sessions stated.
    is_complete
        Whether they were held within three years (the others count for nothing).
    has_left, was_paused
        Whether the warning had ended by the first evaluation after them; whether a pause was
        recommended before that.
    """

    n_stated: FloatArray
    is_complete: BoolArray
    has_left: BoolArray
    was_paused: BoolArray


def warned_windows(
    platform: PlatformNumbers,
    n_years: int,
    thresholds: Thresholds,
    *,
    history_weeks: int,
    lookback: int,
    decision_weeks: int,
    rng: np.random.Generator,
) -> Windows:
    """Windows of interviewers at their first warning, from a closed-loop year.

    Parameters
    ----------
    platform, n_years, history_weeks, lookback, rng
        As in `draw_years`; at most some ten thousand years.
    thresholds, decision_weeks
        As in `run_rule`.
    """
    sessions = draw_sessions(platform, n_years, history_weeks, rng)
    years = evaluated(platform, sessions, lookback, bad_distance=0.0)
    run = run_rule(years, thresholds, decision_weeks)
    person = np.flatnonzero(np.isfinite(run.warned_week))
    week = history_weeks + run.warned_week[person].astype(np.int64) - 1
    places, is_held = sessions.windows(person, sessions.ends[person, week], lookback)
    return Windows(
        adjusted=sessions.adjusted[places],
        ages=week[:, None] + 1.0 - sessions.time[places],
        is_held=is_held,
        weeks_per_session=1.0 / sessions.weekly_rate[person],
    )


def replay(
    windows: Windows,
    level: float,
    platform: PlatformNumbers,
    thresholds: Thresholds,
    *,
    chance: float,
    rng: np.random.Generator,
) -> Replays:
    """State a number of sessions to each warned person, and let them hold the sessions.

    From the warning on, quality is `level`; sessions come at random at each person's pace, and the
    rule looks every week. A recommended pause ends a replay: the warning was not left.

    Parameters
    ----------
    windows
        At the warning.
    level
        Quality from the warning on.
    platform, thresholds
        The policy's.
    chance
        The stated one.
    rng
        Source of chance.
    """
    scale, lookback = platform.scale, windows.adjusted.shape[1]
    n = len(windows.adjusted)
    stated = sessions_to_leave(
        windows, np.full(n, level), platform.line, scale, thresholds, chance=chance
    ).n_sessions
    most = int(np.nanmax(stated, initial=1.0))
    # A few more than stated: several can fall into the last week.
    held = rng.exponential(windows.weeks_per_session[:, None], (n, most + lookback))
    times = np.cumsum(held, axis=1)
    ratings = level + np.sqrt(scale.noise_variance) * rng.standard_normal(times.shape)
    line_up = np.hstack([windows.adjusted[:, ::-1], ratings])
    when = np.hstack([-windows.ages[:, ::-1], times])
    is_held = np.hstack([windows.is_held[:, ::-1], np.ones_like(times, dtype=bool)])
    standings = _warned(windows)
    n_before = standings.n_rated_warned
    done, left, paused = (np.zeros(n, dtype=bool) for _ in range(3))
    for week in range(1, _LONGEST_WEEKS + 1):
        n_new = np.minimum((times <= week).sum(axis=1), most + lookback - 1)
        places = lookback + n_new[:, None] - 1 - np.arange(lookback)
        ratings_seen, when_seen = (np.take_along_axis(a, places, axis=1) for a in (line_up, when))
        held_seen = np.take_along_axis(is_held, places, axis=1)
        prob = _probs(ratings_seen, when_seen, held_seen, float(week), platform)
        found = evaluate(standings, Evaluation(prob, n_before + n_new, np.zeros(n)), thresholds)
        left |= ~done & ~paused & (found.standing == Standing.GOOD)
        paused |= ~done & ~left & (found.recommended == Standing.PAUSED)
        is_looked_at = found.n_rated_counted == n_before + n_new
        done |= is_looked_at & (n_new >= stated)
        standings = found
    is_stated = np.isfinite(stated)
    return Replays(stated[is_stated], done[is_stated], left[is_stated], paused[is_stated])


def _warned(windows: Windows) -> Standings:
    n_rated = windows.is_held.sum(axis=1)
    return decide(new_standings(len(n_rated)), np.full(len(n_rated), Standing.WARNED), n_rated)


def _probs(
    ratings: FloatArray,
    when: FloatArray,
    is_held: BoolArray,
    now: float,
    platform: PlatformNumbers,
) -> FloatArray:
    window = window_weights(when[:, :1] - when, is_held, platform.scale)
    mean = (window.weights * np.where(is_held, ratings, 0.0)).sum(axis=1)
    return below_prob(mean, window.error_variance, now - when[:, 0], platform.line, platform.scale)
