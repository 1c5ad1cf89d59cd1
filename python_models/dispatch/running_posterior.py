"""Quality as the platform knows it while sessions come in: means of the last ratings, shrunken."""

from __future__ import annotations

import numpy as np

from python_models.frames import BoolArray, FloatArray, IntArray

_STEPS = 100
_CLOSE = 1e-7


class RunningPosterior:
    """Sums of ratings so far, and what follows from them for each interviewer.

    ``posterior = mean + (x - mean) * tau2 / (tau2 + sigma2 / n)`` with x the mean of the last
    `window` ratings and n their number: the formula of `quality_estimate`. The platform's mean
    and tau2 are estimated from all ratings so far by maximum likelihood, which stays right where
    the number of somebody's ratings depends on the earlier ones (Rubin 1976); moments would not.
    sigma2 is the mean of the interviewers' own variances, each counting once: pooled by ratings
    it would be that of the best, who hold most sessions and whose ratings, compressed at the top,
    vary least.

    Parameters
    ----------
    n_interviewers : int
        Everybody, those included who have not joined yet.
    window : int or None
        Ratings that count, the last ones; None is all.

    Attributes
    ----------
    n_rated : IntArray
        Ratings so far.
    prior_mean, between_variance, rating_variance : float
        The platform's mean, tau2 and sigma2 as of the last `refit`.
    """

    def __init__(self, n_interviewers: int, window: int | None) -> None:
        self.n_rated: IntArray = np.zeros(n_interviewers, dtype=np.int64)
        self.prior_mean, self.between_variance, self.rating_variance = 0.0, 1.0, 1.0
        self._last = None if window is None else np.zeros((n_interviewers, window))
        self._sum = np.zeros(n_interviewers)
        self._sum_of_squares = np.zeros(n_interviewers)

    def add(self, interviewer: IntArray, rating: FloatArray) -> None:
        """Take up ratings, in the order of time."""
        if self._last is not None:
            order = np.argsort(interviewer, kind="stable")
            who = interviewer[order]
            first = np.searchsorted(who, who)
            place = (self.n_rated[who] + np.arange(len(who)) - first) % self._last.shape[1]
            self._last[who, place] = rating[order]
        size = len(self.n_rated)
        self.n_rated += np.bincount(interviewer, minlength=size)
        self._sum += np.bincount(interviewer, rating, size)
        self._sum_of_squares += np.bincount(interviewer, rating**2, size)

    def window_means(self) -> tuple[FloatArray, IntArray]:
        """Mean of the ratings that count (0 where there are none), and their number."""
        if self._last is None:
            return self.all_means(), self.n_rated
        n = np.minimum(self.n_rated, self._last.shape[1])
        return self._last.sum(axis=1) / np.maximum(n, 1), n

    def all_means(self) -> FloatArray:
        """Mean of all ratings (0 where there are none)."""
        return self._sum / np.maximum(self.n_rated, 1)

    def means(self) -> FloatArray:
        """Posterior mean of everybody; the platform's mean where nothing is known."""
        mean, n = self.window_means()
        reliability = n * self.between_variance
        reliability = reliability / (reliability + self.rating_variance)
        return self.prior_mean + reliability * (mean - self.prior_mean)

    def refit(self) -> None:
        """Estimate the platform's mean and variances anew, by EM from where they stand."""
        is_seen = self.n_rated > 0
        n, mean = self.n_rated[is_seen].astype(np.float64), self.all_means()[is_seen]
        has_spread = n > 1.0
        within = (self._sum_of_squares[is_seen] - n * mean**2)[has_spread] / (n[has_spread] - 1.0)
        if len(within):
            self.rating_variance = float(within.mean())
        for _ in range(_STEPS):
            before = self.between_variance
            self._em_step(n, mean)
            if abs(self.between_variance - before) < _CLOSE * before:
                break

    def _em_step(self, n: FloatArray, mean: FloatArray) -> None:
        noise = self.rating_variance / n
        keep = self.between_variance / (self.between_variance + noise)
        posterior = self.prior_mean + keep * (mean - self.prior_mean)
        self.prior_mean = float(posterior.mean())
        spread = (posterior - self.prior_mean) ** 2 + keep * noise
        self.between_variance = float(spread.mean())


def is_newcomer(n_rated: IntArray, bound: int) -> BoolArray:
    """Who has fewer ratings than the bound."""
    return n_rated < bound
