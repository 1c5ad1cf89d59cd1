"""How well rules of the past predict the next rating, and the window that follows (A6)."""

from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import BaseEstimator

from python_models.experience.lookback_sums import (
    KEYS,
    SUMS,
    Key,
    autocorrelations,
    correlations,
    fit_persistence,
    stack_sums,
    sums_by_cluster,
    without_each,
)
from python_models.fitted_table import FittedTable
from python_models.frames import FloatArray, as_floats, plain_numbers, require_columns

ENDS = ("estimate_low", "estimate_high")
TESTED = ("veterans", "where_rolling")
Row = tuple[str, str, str, str, float, float, float]


class LookbackCurve(BaseEstimator):
    """Correlation of the mean of the last k ratings with the next one, from sums by cluster.

    Every k is tested on the same rows, the ratings of interviewers with at least as many
    earlier ones as the longest window, and a row's own rating is never part of its past.
    Intervals are the delete-a-group jackknife's (Kott 2001, Journal of Official Statistics
    17): the rows of one interviewer hang together, so whole groups of interviewers are left
    out. A difference is taken within each replicate, hence paired.

    The window is the smallest k after which `step` more sessions add less than `least_gain`
    of correlation, told by the upper end of the gain's interval.

    Parameters
    ----------
    step, least_gain
        How many more sessions, and the correlation they must add to be worth their age.
    level
        Of the two-sided intervals.
    min_groups, min_rows
        Clusters with test rows, and test rows, below which nothing is estimated.
    """

    def __init__(
        self,
        step: int = 10,
        least_gain: float = 0.01,
        level: float = 0.9,
        min_groups: int = 10,
        min_rows: int = 1000,
    ) -> None:
        self.step = step
        self.least_gain = least_gain
        self.level = level
        self.min_groups = min_groups
        self.min_rows = min_rows

    def fit(self, X: FloatArray, y: None = None) -> Self:
        """Estimate the curve.

        Parameters
        ----------
        X
            Clusters x windows x 6: the sums of `SUMS` over test rows, of the mean of the last
            k ratings (x) and the next one (y), for k = 1, 2, 3 and so on.
        y
            Unused, for scikit-learn's sake.

        Returns
        -------
        Self
            With `correlation_` (k x 3: estimate, low, high), `gain_` (the same, of `step` more
            sessions), `window_` (None where no k qualifies), `reliability_` and
            `log_persistence_` (estimate, low, high; see `fit_persistence`), `is_supported_`.
        """
        whole, rest = correlations(X.sum(axis=0)), correlations(without_each(X))
        self.is_supported_ = self.supports(X)
        self.correlation_ = self.intervals(X, whole, rest)
        n_gains = max(len(whole) - self.step, 0)
        self.gain_ = self.intervals(
            X, whole[self.step :] - whole[:n_gains], rest[:, self.step :] - rest[:, :n_gains]
        )
        is_enough = self.gain_[:, 2] < self.least_gain
        self.window_ = int(np.argmax(is_enough)) + 1 if is_enough.any() else None
        self._fit_persistence(X)
        return self

    def supports(self, X: FloatArray) -> bool:
        """Whether clusters and rows suffice, and both the past and the next rating vary."""
        if X.shape[1] == 0:
            return False
        n = X[..., 0]
        return bool(
            ((n > 0).sum(axis=0) >= self.min_groups).all()
            and (n.sum(axis=0) >= self.min_rows).all()
            and np.isfinite(correlations(without_each(X))).all()
        )

    def intervals(self, X: FloatArray, whole: FloatArray, rest: FloatArray) -> FloatArray:
        """Return estimate, low and high (last axis) by the jackknife.

        Parameters
        ----------
        X
            The sums that the estimates come from.
        whole
            The estimates from all clusters.
        rest
            The same with each cluster left out in turn (first axis).

        Returns
        -------
        FloatArray
            NaN throughout where the data do not support an estimate.
        """
        if not self.supports(X):
            return np.full((*np.shape(whole), 3), np.nan)
        n_groups = len(rest)
        spread = ((rest - rest.mean(axis=0)) ** 2).sum(axis=0) * (n_groups - 1) / n_groups
        half = stats.t.isf((1 - self.level) / 2, n_groups - 1) * np.sqrt(spread)
        return np.stack([whole, whole - half, whole + half], axis=-1)

    def _fit_persistence(self, X: FloatArray) -> None:
        if not self.is_supported_:
            self.reliability_ = self.log_persistence_ = np.full(3, np.nan)
            return
        whole = fit_persistence(autocorrelations(X.sum(axis=0)))
        rest = [fit_persistence(autocorrelations(sums), whole) for sums in without_each(X)]
        self.reliability_, self.log_persistence_ = self.intervals(X, whole, np.array(rest))


def fit_lookback_curve(panel: pd.DataFrame, *, lookback: int = 30, **settings: Any) -> FittedTable:
    """Fit `LookbackCurve`, and every other rule beside it, on the panel of sums.

    Parameters
    ----------
    panel
        One row per cluster, set of rows, predictor and rule with the sums of `SUMS`; rows of
        the set `everyone` only count.
    lookback
        The window in force: other rules are compared with it, on the same rows.
    **settings
        Settings of `LookbackCurve`.

    Returns
    -------
    FittedTable
        Rows (measure, predictor, row_set, rule, lookback, n_tested, estimate, estimate_low,
        estimate_high); an estimate that the data do not support is null.
    """
    require_columns(panel, ["cluster", *KEYS, "lookback", *SUMS], "lookback_curve")
    sums = sums_by_cluster(panel)
    windows: list[Key] = [("veterans", "raw", f"last_{k}") for k in range(1, len(sums) + 1)]
    windows = [key for key in windows if key in sums]
    curve = LookbackCurve(**settings).fit(stack_sums(sums, windows))
    rows = [
        *_curve_rows(curve, windows, lookback),
        *_rule_rows(curve, sums, lookback),
        *_coverage_rows(sums),
    ]
    table = pd.DataFrame(rows, columns=["measure", *KEYS, "estimate", *ENDS])
    lengths = dict(zip(panel["rule"], as_floats(panel["lookback"]), strict=True))
    keys = list(zip(*(table[name] for name in KEYS), strict=True))
    n_tested = {key: int(rows[:, 0].sum()) for key, rows in sums.items()}
    return FittedTable(
        table=table.assign(
            lookback=_counts([lengths.get(key[2], np.nan) for key in keys]),
            n_tested=_counts([n_tested.get(key, np.nan) for key in keys]),
        ),
        settings={**curve.get_params(), "lookback": lookback},
        diagnostics=plain_numbers(_diagnostics(curve, n_tested)),
        n_rows=len(panel),
        warnings=tuple(_warnings(curve)),
    )


def _curve_rows(curve: LookbackCurve, windows: list[Key], lookback: int) -> Iterator[Row]:
    for key, gain in zip(windows, curve.gain_, strict=False):
        yield ("gain", *key, *gain)
    chosen = np.nan if curve.window_ is None else float(curve.window_)
    every: Key = ("veterans", "raw", "every_window")
    yield ("chosen_window", *every, chosen, np.nan, np.nan)
    yield ("reliability", *every, *curve.reliability_)
    yield ("persistence", *every, *np.exp(curve.log_persistence_ * lookback))


def _rule_rows(curve: LookbackCurve, sums: dict[Key, FloatArray], lookback: int) -> Iterator[Row]:
    for key in sums:
        if key[0] not in TESTED:
            continue
        base: Key = (key[0], "raw", f"last_{lookback}")
        pair = stack_sums(sums, [key, base])
        whole, rest = correlations(pair.sum(axis=0)), correlations(without_each(pair))
        yield ("correlation", *key, *curve.intervals(pair, whole, rest)[0])
        if key != base:
            gap, gaps = whole[:1] - whole[1:], rest[:, :1] - rest[:, 1:]
            yield ("difference", *key, *curve.intervals(pair, gap, gaps)[0])


def _coverage_rows(sums: dict[Key, FloatArray]) -> Iterator[Row]:
    everyone = sums.get(("everyone", "raw", "any"))
    for key, rows in sums.items():
        if key[0] == "everyone" and everyone is not None:
            share = rows[:, 0].sum() / everyone[:, 0].sum()
            yield ("coverage", *key, share, np.nan, np.nan)


def _counts(values: list[float]) -> pd.Series:
    """Whole numbers with gaps: as floats, COPY would spell them with a point."""
    return pd.Series([None if np.isnan(v) else int(v) for v in values], dtype=object)


def _diagnostics(curve: LookbackCurve, n_tested: dict[Key, int]) -> dict[str, Any]:
    return {
        "is_supported": curve.is_supported_,
        "n_tested": n_tested.get(("veterans", "raw", "last_1"), 0),
        "chosen_window": curve.window_,
        "reliability": float(curve.reliability_[0]),
        "persistence_per_session": float(np.exp(curve.log_persistence_[0])),
    }


def _warnings(curve: LookbackCurve) -> Iterator[str]:
    if not curve.is_supported_:
        yield (
            f"no curve: it takes {curve.min_rows} ratings of interviewers with a past as long as"
            f" the longest window, from {curve.min_groups} groups of interviewers"
        )
