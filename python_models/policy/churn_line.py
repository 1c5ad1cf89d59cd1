"""The line of C1: the quality below which more candidates leave than is acceptable."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression

from python_models.fitted_table import FittedTable
from python_models.frames import (
    FloatArray,
    IntArray,
    as_floats,
    level_codes,
    only_number,
    plain_numbers,
    require_columns,
)

REQUIRED = ("session_id", "interviewer_id", "past_quality", "leave_prob", "has_left")
COLUMNS = ["measure", "level", "n", "estimate", "estimate_low", "estimate_high"]


@dataclass(frozen=True)
class Bins:
    """Sessions summed by interviewer and bin of past quality.

    Attributes
    ----------
    centre
        Mean past quality of each bin, ascending.
    n, n_left, expected
        Interviewers by bins, sparse: sessions, leavers, and leavers that covariates expect.
    """

    centre: FloatArray
    n: sparse.csr_array
    n_left: sparse.csr_array
    expected: sparse.csr_array


class ChurnLine(BaseEstimator):
    """Monotone fit of leaving on past quality, and where it crosses what is acceptable.

    Sessions are put into bins of equally many by the posterior quality that was known before
    them. In a bin, leaving adjusted for covariates is leavers over those that covariates alone
    expect (indirect standardisation), times the platform's rate. The adjusted rates are made to
    fall with quality by isotonic regression (pool adjacent violators, Barlow et al. 1972),
    weighted by what is expected, and joined by straight lines between the pools' mean qualities.
    The line is where they come down to the acceptable rate. Because the past quality is already
    shrunken, its noise does not flatten the curve (regression calibration).

    The line is a point on the score's own scale, read off leaving: stretch or shift the scale,
    and it moves along. Where the curve lies below what is acceptable everywhere, or nothing makes
    it fall, there is no line, and nobody is below it.

    Parameters
    ----------
    margin
        Acceptable leaving above the platform's own rate, a share of one.
    n_bins
        Bins of past quality.
    min_sessions
        Labelled sessions needed for a line.
    n_bootstrap
        Resamples of interviewers behind the interval.
    max_missing
        Share of resamples without a crossing up to which the line counts as found.
    random_state
        Seed of the resamples.
    """

    def __init__(
        self,
        margin: float = 0.05,
        n_bins: int = 50,
        min_sessions: int = 2_000,
        n_bootstrap: int = 200,
        max_missing: float = 0.1,
        random_state: int = 0,
    ) -> None:
        self.margin = margin
        self.n_bins = n_bins
        self.min_sessions = min_sessions
        self.n_bootstrap = n_bootstrap
        self.max_missing = max_missing
        self.random_state = random_state

    def fit(
        self,
        past_quality: FloatArray,
        has_left: FloatArray,
        *,
        expected: FloatArray,
        interviewer: IntArray,
    ) -> Self:
        """Find the line.

        Parameters
        ----------
        past_quality
            Posterior quality of the session's interviewer, from what was known before it.
        has_left
            1 where the candidate left afterwards, else 0.
        expected
            Chance of leaving by covariates alone.
        interviewer
            Code of the interviewer of each session.

        Returns
        -------
        Self
            With `line_`, `line_low_`, `line_high_` (NaN where there is none), `rate_`,
            `acceptable_`, `curve_` (quality and adjusted rate of the pools), `warnings_`.
        """
        self.warnings_: list[str] = []
        self.line_ = self.line_low_ = self.line_high_ = float("nan")
        self.curve_ = pd.DataFrame({"quality": [], "rate": []})
        self.rate_ = float(has_left.mean()) if len(has_left) else float("nan")
        self.acceptable_ = self.rate_ + self.margin
        if len(has_left) < self.min_sessions:
            self.warnings_.append(
                f"no line: {len(has_left)} labelled sessions with a past,"
                f" fewer than {self.min_sessions}"
            )
            return self
        bins = _binned(past_quality, has_left, expected, interviewer, self.n_bins)
        self.curve_ = _curve(bins, np.ones(bins.n.shape[0]))
        line = _crossing(self.curve_, self.acceptable_)
        found = self._resampled(bins)
        is_missing = np.isnan(found)
        if np.isnan(line):
            self.warnings_.append("no line: expected leaving never crosses what is acceptable")
        elif is_missing.mean() > self.max_missing:
            self.warnings_.append(
                f"no line: in {is_missing.mean():.0%} of resamples leaving never crosses"
                " what is acceptable"
            )
        else:
            self.line_ = line
            # Without a crossing even the worst lose no more than is acceptable: it lies lower.
            found[is_missing] = bins.centre[0]
            low, high = np.quantile(found, [0.05, 0.95])
            self.line_low_, self.line_high_ = float(low), float(high)
        return self

    def _resampled(self, bins: Bins) -> FloatArray:
        """Lines of resamples of whole interviewers, whose sessions go together."""
        rng = np.random.default_rng(self.random_state)
        found = np.empty(self.n_bootstrap)
        for i in range(self.n_bootstrap):
            weight = rng.poisson(1.0, bins.n.shape[0]).astype(np.float64)
            curve = _curve(bins, weight)
            rate = float((weight @ bins.n_left).sum() / max((weight @ bins.n).sum(), 1.0))
            found[i] = _crossing(curve, rate + self.margin)
        return found


def fit_churn_line(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `ChurnLine` on labelled sessions whose interviewers had a past.

    Parameters
    ----------
    panel
        One row per labelled session, with the columns in `REQUIRED`. An `acceptable_margin`, the
        same in all rows, takes the place of the setting `margin`: the threshold in force.
    **settings
        Settings of `ChurnLine`.

    Returns
    -------
    FittedTable
        Rows (measure, level, n, estimate, estimate_low, estimate_high): line (no row where there
        is none), rate, acceptable, and curve (adjusted rate; level is the pool's mean quality).
    """
    require_columns(panel, REQUIRED, "churn_line")
    columns = [as_floats(panel[name]) for name in ("past_quality", "has_left", "leave_prob")]
    # A sum is a number where all of its parts are.
    is_used = np.isfinite(columns[0] + columns[1] + columns[2])
    quality, has_left, expected = (column[is_used] for column in columns)
    codes, _ = level_codes(panel["interviewer_id"][is_used])
    estimator, margin = ChurnLine(**settings), only_number(panel, "acceptable_margin")
    if np.isfinite(margin):
        estimator.set_params(margin=margin)
    fitted = estimator.fit(quality, has_left, expected=expected, interviewer=codes)
    rows: list[tuple[Any, ...]] = []
    n = len(has_left)
    if np.isfinite(fitted.line_):
        rows.append(("line", "", n, fitted.line_, fitted.line_low_, fitted.line_high_))
    if n:
        rows.append(("rate", "", n, fitted.rate_, None, None))
        rows.append(("acceptable", "", n, fitted.acceptable_, None, None))
    for pool in fitted.curve_.itertuples(index=False):
        rows.append(("curve", f"{pool.quality:.6f}", n, pool.rate, None, None))
    diagnostics = {"line": fitted.line_, "n_sessions": n, "margin": fitted.margin}
    return FittedTable(
        table=pd.DataFrame(rows, columns=COLUMNS),
        settings=fitted.get_params(),
        diagnostics=plain_numbers(diagnostics),
        n_rows=n,
        warnings=tuple(fitted.warnings_),
    )


def _binned(
    quality: FloatArray,
    has_left: FloatArray,
    expected: FloatArray,
    interviewer: IntArray,
    n_bins: int,
) -> Bins:
    edges = np.unique(np.quantile(quality, np.linspace(0, 1, n_bins + 1)[1:-1]))
    code = np.searchsorted(edges, quality, side="right")
    _, code = np.unique(code, return_inverse=True)
    shape = (int(interviewer.max()) + 1, int(code.max()) + 1)

    def summed(values: FloatArray) -> sparse.csr_array:
        return sparse.csr_array(sparse.coo_array((values, (interviewer, code)), shape=shape))

    n = summed(np.ones(len(quality)))
    centre = np.bincount(code, quality) / np.bincount(code)
    return Bins(centre, n, summed(has_left), summed(expected))


def _curve(bins: Bins, weight: FloatArray) -> pd.DataFrame:
    """Pools of falling adjusted rates, for interviewers counted by a weight."""
    n, n_left, expected = (weight @ part for part in (bins.n, bins.n_left, bins.expected))
    is_live = expected > 0
    ratio = n_left[is_live] / expected[is_live]
    centre, n = bins.centre[is_live], n[is_live]
    falling = IsotonicRegression(increasing=False).fit_transform(
        centre, ratio, sample_weight=expected[is_live]
    )
    rate = falling * float(n_left.sum() / max(n.sum(), 1.0))
    pools = pd.DataFrame({"rate": rate, "n": n, "quality": centre * n})
    summed = pools.groupby("rate", sort=False)[["n", "quality"]].sum()
    curve = pd.DataFrame({"quality": summed["quality"] / summed["n"]}).reset_index()
    return curve.sort_values("quality", ignore_index=True)[["quality", "rate"]]


def _crossing(curve: pd.DataFrame, acceptable: float) -> float:
    """Quality at which a falling curve comes down to a rate; NaN where it never does."""
    rate, quality = curve["rate"].to_numpy(), curve["quality"].to_numpy()
    if not len(rate) or rate[0] <= acceptable or rate[-1] > acceptable:
        return float("nan")
    return float(np.interp(-acceptable, -rate, quality))
