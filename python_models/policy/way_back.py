"""How many sessions at which level bring a warned person back (C3)."""

from dataclasses import dataclass, replace

import numpy as np

from python_models.frames import BoolArray, FloatArray, IntArray
from python_models.policy.standing_rule import Thresholds
from python_models.policy.window_posterior import RatingScale, needed_mean, window_weights

_BLOCK = 2_000


@dataclass(frozen=True)
class Windows:
    """The windows of interviewers, newest session first.

    Attributes
    ----------
    adjusted
        Adjusted ratings; interviewers by sessions.
    ages
        Weeks from each session to now.
    is_held
        Which places hold a session.
    weeks_per_session
        How often each interviewer holds a rated session.
    """

    adjusted: FloatArray
    ages: FloatArray
    is_held: BoolArray
    weeks_per_session: FloatArray

    def of(self, rows: slice) -> "Windows":
        """Return some of the interviewers."""
        return replace(self, **{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class WaysBack:
    """What can be told to each interviewer.

    Attributes
    ----------
    n_sessions
        Whole numbers, at least `min_new_rated`; NaN where the chance is not reached within `most`,
        because the level is too low or a pause comes first too often.
    chance
        Share of the drawn futures in which that many sessions lead out of the warning; where no
        number is told, the share in which any number up to `most` does.
    """

    n_sessions: FloatArray
    chance: FloatArray


@dataclass(frozen=True)
class _Futures:
    """What chance brings, sessions by draws, and where it has led, interviewers by draws.

    `noise` and `gaps` (waiting times, of mean 1) are the same for everybody. `came_true` is the
    fewest sessions whose statement comes true, infinite where the warning is not left.
    """

    noise: FloatArray
    gaps: FloatArray
    n_seen: IntArray
    n_over: IntArray
    is_paused: BoolArray
    came_true: FloatArray


def sessions_to_leave(
    windows: Windows,
    level: FloatArray,
    line: float,
    scale: RatingScale,
    thresholds: Thresholds,
    *,
    chance: float = 0.8,
    most: int = 60,
    n_draws: int = 500,
    random_state: int = 0,
) -> WaysBack:
    """Sessions at a level by which the warning is left with about a given chance.

    What candidates will give is not known: ratings to come are drawn around the level with the
    noise of a rating. Sessions come at random at the person's pace, and each week with enough new
    ones is an evaluation: the warning is left at the first one with P(below the line) down to
    `clear_prob`, unless a pause has been recommended before. A statement of k sessions comes true
    if the warning has been left by the first evaluation once k are held. Chances rise with k by
    steps: stated is the k whose chance is nearest to the one asked for.

    Parameters
    ----------
    windows
        At the warning.
    level
        Expected adjusted rating of the sessions to come, of each interviewer.
    line, scale, thresholds
        The policy's.
    chance
        That the statement gives.
    most
        Sessions beyond which nothing is promised.
    n_draws
        Futures drawn for each interviewer.
    random_state
        Seed.

    Returns
    -------
    WaysBack
        One element per interviewer.
    """
    rng = np.random.default_rng(random_state)
    # Mirrored draws: the same futures serve everybody, so that their luck would not average out.
    half = rng.standard_normal((most, (n_draws + 1) // 2))
    noise = np.sqrt(scale.noise_variance) * np.hstack([half, -half])[:, :n_draws]
    gaps = rng.exponential(1.0, (most + 1, n_draws))
    found = [WaysBack(np.empty(0), np.empty(0))]
    for rows in (slice(at, at + _BLOCK) for at in range(0, len(level), _BLOCK)):
        part, shape = windows.of(rows), (len(level[rows]), n_draws)
        zeros, nobody = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        futures = _Futures(noise, gaps, zeros, zeros, nobody, np.full(shape, np.inf))
        for k in range(1, most + 1):
            futures = _after(futures, k, part, level[rows], line, scale, thresholds)
        found.append(_nearest(futures.came_true, chance, thresholds.min_new_rated))
    return WaysBack(
        n_sessions=np.concatenate([part.n_sessions for part in found]),
        chance=np.concatenate([part.chance for part in found]),
    )


def _nearest(came_true: FloatArray, chance: float, least: int) -> WaysBack:
    """Per interviewer, the k at which the share of draws that have come true is nearest."""
    ordered = np.sort(np.maximum(came_true, least), axis=1)
    reached = ordered[:, int(np.ceil(chance * ordered.shape[1])) - 1][:, None]
    is_before = ordered < reached
    share, share_before = (ordered <= reached).mean(axis=1), is_before.mean(axis=1)
    before = np.max(np.where(is_before, ordered, least), axis=1)
    is_nearer = is_before.any(axis=1) & (chance - share_before < share - chance)
    stated = np.where(is_nearer, before, reached[:, 0])
    is_told = np.isfinite(reached[:, 0])
    return WaysBack(
        n_sessions=np.where(is_told, stated, np.nan),
        chance=np.where(
            is_told,
            np.where(is_nearer, share_before, share),
            np.isfinite(came_true).mean(axis=1),
        ),
    )


def _after(
    before: _Futures,
    k: int,
    windows: Windows,
    level: FloatArray,
    line: float,
    scale: RatingScale,
    thresholds: Thresholds,
) -> _Futures:
    """Hold the k-th session, and evaluate where it ends a week with enough new ones."""
    times = windows.weeks_per_session[:, None] * before.gaps[:k].sum(axis=0)
    following = times + windows.weeks_per_session[:, None] * before.gaps[k]
    is_seen = np.ceil(times) < np.ceil(following)
    is_seen &= k - before.n_seen >= thresholds.min_new_rated
    means, error = _means_after(windows, level, scale, before.noise[:k])
    clear, over = (
        needed_mean(error, line, prob, scale)[:, None]
        for prob in (thresholds.clear_prob, thresholds.pause_prob)
    )
    is_open = is_seen & ~before.is_paused & np.isinf(before.came_true)
    n_over = np.where(is_seen, np.where(means < over, before.n_over + 1, 0), before.n_over)
    is_due = is_open & (n_over >= thresholds.pause_evaluations)
    is_due &= k >= thresholds.pause_min_rated_since_warning
    return replace(
        before,
        n_seen=np.where(is_seen, k, before.n_seen),
        n_over=n_over,
        is_paused=before.is_paused | is_due,
        # Whoever states more than the evaluation before had is told the truth at this one.
        came_true=np.where(is_open & (means >= clear), before.n_seen + 1.0, before.came_true),
    )


def _means_after(
    windows: Windows, level: FloatArray, scale: RatingScale, noise: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weighted means (interviewers by draws) once so many sessions are held, and their error."""
    lookback, k = windows.adjusted.shape[1], len(noise)
    n_new = min(k, lookback)
    pace = windows.weeks_per_session[:, None]
    # Ages count from the last session, which is now the newest of the new ones.
    since_last = windows.ages - windows.ages[:, :1]
    ages = np.hstack([pace * np.arange(n_new), since_last + k * pace])[:, :lookback]
    new = np.ones((len(level), n_new), dtype=bool)
    window = window_weights(ages, np.hstack([new, windows.is_held])[:, :lookback], scale)
    of_new, of_old = window.weights[:, :n_new], window.weights[:, n_new:]
    old = np.where(windows.is_held, windows.adjusted, 0.0)[:, : lookback - n_new]
    expected = of_new.sum(axis=1) * level + (of_old * old).sum(axis=1)
    newest_first = noise[::-1][:n_new]
    return expected[:, None] + of_new @ newest_first, window.error_variance
