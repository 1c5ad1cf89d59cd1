"""The standing policy as a rule over weekly evaluations, for many interviewers at once (C2).

One pass per interviewer over the evaluations in order: each step is a function of the row before
and of the evaluation, element by element, so that SQL can say the same. `good` and `watch` follow
from evaluations alone; `warned` and `paused` begin and `paused` ends only when a person decides.

============ ============================================ =====================================
standing     next at a counted evaluation                 recommended to a person
============ ============================================ =====================================
new          watch if P > watch_prob, else good           as below
good         watch if P > watch_prob                      warned after `warn_evaluations` above
watch        good if P <= clear_prob                      `warn_prob` in a row
warned       good if P <= clear_prob                      paused after `pause_evaluations` above
                                                          `pause_prob` in a row since the warning
paused       none: who holds no sessions shows nothing    watch if P <= clear_prob all the same
                                                          (late, corrected or excused ratings)
============ ============================================ =====================================

Between `clear_prob` and `watch_prob` a standing stays what it is (hysteresis). A reinstated person
is on watch, and only sessions held since count towards another warning, or another pause.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from python_models.frames import BoolArray, FloatArray, IntArray


class Standing(IntEnum):
    """The standings, and `NONE` where nobody has decided anything."""

    NONE = -1
    NEW = 0
    GOOD = 1
    WATCH = 2
    WARNED = 3
    PAUSED = 4


@dataclass(frozen=True)
class Thresholds:
    """What people decide about the rule; each is to become a seed row with a date.

    Parameters
    ----------
    min_rated
        Rated sessions below which there is no score, hence no evaluation.
    min_new_rated
        Rated sessions since the last counted evaluation (or decision) that make another one
        count: two looks at the same sessions are one.
    watch_prob, clear_prob
        Probability of being below the line above which one is watched, and down to which one is
        good again, also after a warning.
    warn_prob, warn_evaluations, warn_min_rated
        A warning takes so many counted evaluations in a row above the probability, and so many
        rated sessions in all.
    visible_days
        Days that the score must have been visible to the person before a warning, and before a
        pause: people may have warned somebody for another reason, before there was a score.
    pause_prob, pause_evaluations, pause_min_rated_since_warning
        A pause takes so many counted evaluations in a row above the probability since the
        warning, and so many rated sessions since it.
    """

    min_rated: int = 5
    min_new_rated: int = 3
    watch_prob: float = 0.5
    clear_prob: float = 0.4
    warn_prob: float = 0.5
    warn_evaluations: int = 2
    warn_min_rated: int = 10
    visible_days: float = 14.0
    pause_prob: float = 0.8
    pause_evaluations: int = 2
    pause_min_rated_since_warning: int = 5

    def __post_init__(self) -> None:
        """Refuse probabilities out of order, which would let standings swing to and fro."""
        if not 0 <= self.clear_prob <= self.watch_prob <= self.warn_prob <= self.pause_prob <= 1:
            raise ValueError("0 <= clear_prob <= watch_prob <= warn_prob <= pause_prob <= 1 fails")
        if min(self.min_new_rated, self.warn_evaluations, self.pause_evaluations) < 1:
            raise ValueError("an evaluation takes a new session, a recommendation an evaluation")


@dataclass(frozen=True)
class Evaluation:
    """What is known at one weekly evaluation, one array element per interviewer.

    Attributes
    ----------
    below_prob
        Probability that quality is below the line; NaN where it is not known.
    n_rated
        Rated sessions in all (not only of the window).
    days_visible
        Days that the person could see the score; 0 where it is not published.
    """

    below_prob: FloatArray
    n_rated: IntArray
    days_visible: FloatArray


@dataclass(frozen=True)
class Standings:
    """Where interviewers stand, one array element each.

    Attributes
    ----------
    standing
        Codes of `Standing`.
    recommended
        The standing that the rule recommends; the present one where it recommends no change.
    evaluations_over_warn, evaluations_over_pause
        Counted evaluations in a row above `warn_prob`; above `pause_prob` since the warning.
    n_rated_counted
        Rated sessions at the last counted evaluation or decision.
    n_rated_warned
        Rated sessions at the last warning.
    """

    standing: IntArray
    recommended: IntArray
    evaluations_over_warn: IntArray
    evaluations_over_pause: IntArray
    n_rated_counted: IntArray
    n_rated_warned: IntArray


def new_standings(n: int) -> Standings:
    """Return the standings of `n` interviewers whom nobody has evaluated."""
    zeros = np.zeros(n, dtype=np.int64)
    return Standings(zeros, zeros, zeros, zeros, zeros, zeros)


def evaluate(before: Standings, seen: Evaluation, thresholds: Thresholds) -> Standings:
    """Take one evaluation into account.

    Counters and standings move only where the evaluation counts; conditions that time or
    sessions fulfil later (visibility, minimums) are looked at each time.

    Parameters
    ----------
    before
        Standings after the evaluation before.
    seen
        The evaluation, of the same interviewers.
    thresholds
        The rule's numbers.
    """
    standing, prob = before.standing, seen.below_prob
    is_counted = _counts(before, seen, thresholds)
    is_warned, is_clear = standing == Standing.WARNED, prob <= thresholds.clear_prob
    follows = np.where(standing == Standing.NEW, Standing.GOOD, standing)
    follows = np.where(~is_warned & (prob > thresholds.watch_prob), Standing.WATCH, follows)
    follows = np.where(is_clear, Standing.GOOD, follows)
    after = replace(
        before,
        standing=np.where(is_counted, follows, standing),
        evaluations_over_warn=_in_a_row(
            before.evaluations_over_warn, is_counted, prob > thresholds.warn_prob
        ),
        evaluations_over_pause=_in_a_row(
            before.evaluations_over_pause, is_counted, is_warned & (prob > thresholds.pause_prob)
        ),
        n_rated_counted=np.where(is_counted, seen.n_rated, before.n_rated_counted),
    )
    return replace(after, recommended=_recommended(after, seen, thresholds))


def decide(before: Standings, decision: IntArray, n_rated: IntArray) -> Standings:
    """Let people decide: what was seen before a decision counts for nothing after it.

    Parameters
    ----------
    before
        Standings that the decisions are made on.
    decision
        Codes of `Standing`, `NONE` where nobody has decided; reinstating is deciding `WATCH`.
    n_rated
        Rated sessions in all at that time.
    """
    is_decided = decision != Standing.NONE
    standing = np.where(is_decided, decision, before.standing)
    is_warning = is_decided & (decision == Standing.WARNED)
    return Standings(
        standing=standing,
        recommended=np.where(is_decided, standing, before.recommended),
        evaluations_over_warn=np.where(is_decided, 0, before.evaluations_over_warn),
        evaluations_over_pause=np.where(is_decided, 0, before.evaluations_over_pause),
        n_rated_counted=np.where(is_decided, n_rated, before.n_rated_counted),
        n_rated_warned=np.where(is_warning, n_rated, before.n_rated_warned),
    )


def _counts(before: Standings, seen: Evaluation, thresholds: Thresholds) -> BoolArray:
    has_news = seen.n_rated - before.n_rated_counted >= thresholds.min_new_rated
    has_score = (seen.n_rated >= thresholds.min_rated) & np.isfinite(seen.below_prob)
    is_counted: BoolArray = has_news & has_score & (before.standing != Standing.PAUSED)
    return is_counted


def _in_a_row(before: IntArray, is_counted: BoolArray, is_over: BoolArray) -> IntArray:
    in_a_row: IntArray = np.where(is_counted, np.where(is_over, before + 1, 0), before)
    return in_a_row


def _recommended(after: Standings, seen: Evaluation, thresholds: Thresholds) -> IntArray:
    standing = after.standing
    is_warned, is_paused = standing == Standing.WARNED, standing == Standing.PAUSED
    is_visible = seen.days_visible >= thresholds.visible_days
    may_warn = (
        ~(is_warned | is_paused)
        & is_visible
        & (after.evaluations_over_warn >= thresholds.warn_evaluations)
        & (seen.n_rated >= thresholds.warn_min_rated)
    )
    since_warning = seen.n_rated - after.n_rated_warned
    may_pause = (
        is_warned
        & is_visible
        & (after.evaluations_over_pause >= thresholds.pause_evaluations)
        & (since_warning >= thresholds.pause_min_rated_since_warning)
    )
    may_return = is_paused & (seen.below_prob <= thresholds.clear_prob)
    recommended: IntArray = np.select(
        [may_warn, may_pause, may_return],
        [Standing.WARNED, Standing.PAUSED, Standing.WATCH],
        default=standing,
    ).astype(np.int64)
    return recommended
