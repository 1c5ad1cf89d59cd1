"""What a year under a rule brings to each interviewer."""

from dataclasses import dataclass

import numpy as np

from python_models.frames import BoolArray, FloatArray, IntArray
from python_models.policy.interviewer_years import WEEKS, InterviewerYears
from python_models.policy.standing_rule import (
    Evaluation,
    Standing,
    Thresholds,
    decide,
    evaluate,
    new_standings,
)

_DAYS_A_WEEK = 7.0


@dataclass(frozen=True)
class YearsRun:
    """One array element per interviewer-year.

    Attributes
    ----------
    n_warnings
        Warnings in the year.
    warned_week, paused_week
        Week of the first warning and of the pause, from 1; NaN where there is none.
    """

    n_warnings: IntArray
    warned_week: FloatArray
    paused_week: FloatArray


def run_rule(years: InterviewerYears, thresholds: Thresholds, decision_weeks: int) -> YearsRun:
    """Let people follow the rule's recommendations through the year.

    Everybody starts as new, and the score is visible from the first day of the year on, or from
    the week in which it first exists. A recommendation that stands for `decision_weeks` is
    confirmed; one that is withdrawn meanwhile is not. A paused person holds no session for the
    rest of the year.

    Parameters
    ----------
    years
        The years as they would pass without a rule.
    thresholds
        Of the rule.
    decision_weeks
        Weeks from recommendation to decision.
    """
    n = len(years.n_rated)
    standings = new_standings(n)
    waited, visible = np.zeros(n, dtype=np.int64), np.zeros(n)
    n_warnings = np.zeros(n, dtype=np.int64)
    weeks = {code: np.full(n, np.nan) for code in (Standing.WARNED, Standing.PAUSED)}
    for week in range(WEEKS):
        n_rated, asked = years.n_rated[:, week], standings.recommended
        standings = evaluate(
            standings, Evaluation(years.below_prob[:, week], n_rated, visible), thresholds
        )
        visible += _DAYS_A_WEEK * (n_rated >= thresholds.min_rated)
        waited = np.where(standings.recommended == asked, waited + 1, 0)
        is_due = (standings.recommended > standings.standing) & (waited >= decision_weeks)
        decision = np.where(is_due, standings.recommended, Standing.NONE)
        standings = decide(standings, decision, n_rated)
        n_warnings += decision == Standing.WARNED
        for code, first in weeks.items():
            first[(decision == code) & np.isnan(first)] = week + 1
    return YearsRun(n_warnings, weeks[Standing.WARNED], weeks[Standing.PAUSED])


def run_naive(
    years: InterviewerYears, line: float, min_rated: int, decision_weeks: int
) -> YearsRun:
    """Let people follow raw means: below the line is a warning, two weeks in a row a pause.

    The mean of the last window of raw ratings is looked at every week, with new sessions or
    without, from `min_rated` sessions on; who is above again is no longer warned.

    Parameters
    ----------
    years
        The years as they would pass without a rule.
    line
        On the scale of raw ratings, whose mean is that of adjusted ones here.
    min_rated
        Rated sessions below which there is no mean.
    decision_weeks
        Weeks from recommendation to decision, as for the rule.
    """
    is_below = (years.raw_mean < line) & (years.n_rated >= min_rated)
    is_second = is_below[:, 1:] & is_below[:, :-1]
    paused = _first(is_second) + 1 + decision_weeks
    paused[paused > WEEKS] = np.nan
    starts = is_below & ~np.pad(is_below, ((0, 0), (1, 0)))[:, :-1]
    starts &= np.arange(1, WEEKS + 1) + decision_weeks <= np.fmin(paused, WEEKS)[:, None]
    return YearsRun(starts.sum(axis=1), _first(starts) + decision_weeks, paused)


def naive_line(
    years: InterviewerYears, false_pauses: float, min_rated: int, decision_weeks: int
) -> float:
    """Line at which the naive rule pauses that share of the good.

    Parameters
    ----------
    years
        The years as they would pass without a rule.
    false_pauses
        Share of good years.
    min_rated, decision_weeks
        As in `run_naive`.
    """
    good = years.is_good
    last = WEEKS - decision_weeks
    means = np.where(years.n_rated >= min_rated, years.raw_mean, np.inf)[good, :last]
    means = np.nan_to_num(means, nan=np.inf)
    # Whoever's worse of two weeks in a row is below the line at any time is paused.
    needed = np.maximum(means[:, 1:], means[:, :-1]).min(axis=1)
    n_paused = round(false_pauses * len(needed))
    return float(np.sort(needed)[min(n_paused, len(needed) - 1)])


def _first(is_so: BoolArray) -> FloatArray:
    """Week, from 1, of the first true of each row; NaN where there is none."""
    return np.where(is_so.any(axis=1), is_so.argmax(axis=1) + 1.0, np.nan)
