"""What is measured against known truth, what it must reach, and the table of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

# 5 % of a normal distribution lie above it: intervals are of 90 %.
NORMAL_95 = 1.645

QUALITY = "r(quality_estimate, true quality now), n >= 10"
QUALITY_ALL = "r(quality_estimate, quality now), who left as well"
WEIGHTS = "weights, L1 to truth"
CHURN_COVERAGE = "90 % interval of churn_effect covers"
CHURN_SLOPE = "slope of the true effect on churn_effect"
QUALITY_COVERAGE = "90 % interval of quality_estimate covers"
FIFTH_GAP = "leaving, bottom minus top fifth, out of sample"
FIFTH_LEAVING = "leaving, fifth {}, out of sample"
DETECTED = "interviewer effects on leaving detected"
UNEQUAL = "weights, L1 to equal"
LENIENCY = "r(leniency, true bias), n >= 20"
LENIENCY_FEW = "r(leniency, true bias), 5 <= n < 20"
LENIENCY_COVERAGE = "90 % interval of leniency covers"
WITHIN_ONE = "accuracy score within 1 of truth, n >= 20"
FLAGS = "F1 of |accuracy score| > 1, n >= 20"
FLAGS_TRUE = "truly too strict or lenient, where its probability is above .8"
FLAGS_FALSE = "its probability is above .8, where neither is true"


class Bound(NamedTuple):
    """Between which values a mean over seeds must lie; None where that end is free."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies within, at the bounds' two decimals; a missing one does not."""
        if np.isnan(value):
            return False
        value = round(value, 2)
        is_high_enough = self.low is None or value >= self.low
        return is_high_enough and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        ends = [(">= {:.2f}", self.low), ("<= {:.2f}", self.high)]
        return ", ".join(text.format(end) for text, end in ends if end is not None)


BOUNDS = {
    (QUALITY, "base"): Bound(low=0.83),
    (QUALITY, "confounded"): Bound(low=0.73),
    (QUALITY, "drifting"): Bound(low=0.77),
    (QUALITY, "few"): Bound(low=0.76),
    (WEIGHTS, "base"): Bound(high=0.22),
    (WEIGHTS, "one_dominates"): Bound(high=0.28),
    (CHURN_COVERAGE, "base"): Bound(0.84, 0.95),
    (QUALITY_COVERAGE, "base"): Bound(0.84, 0.95),
    (FIFTH_GAP, "base"): Bound(low=0.09),
    (FIFTH_GAP, "null"): Bound(-0.02, 0.02),
    (DETECTED, "null"): Bound(high=0.0),
    (UNEQUAL, "null"): Bound(high=0.0),
    (LENIENCY, "base"): Bound(low=0.93),
    (LENIENCY, "heavy_selection"): Bound(low=0.94),
    (LENIENCY_FEW, "base"): Bound(low=0.78),
    (LENIENCY_COVERAGE, "base"): Bound(0.84, 0.95),
    (WITHIN_ONE, "base"): Bound(low=0.93),
    (WITHIN_ONE, "heavy_selection"): Bound(low=0.87),
    (WITHIN_ONE, "null"): Bound(low=0.97),
    (FLAGS, "base"): Bound(low=0.86),
    (FLAGS, "heavy_selection"): Bound(low=0.79),
    # What a probability above .8 says of itself.
    (FLAGS_TRUE, "base"): Bound(low=0.8),
    (FLAGS_TRUE, "heavy_selection"): Bound(low=0.8),
}


@dataclass(frozen=True)
class Row:
    """One measure on one world and seed.

    Attributes
    ----------
    measure, world, seed : str, str, int
    ours, naive : float
        What is published reaches this, and the rule that people had before; nan if not asked.
    se : float
        Standard error of `ours` within the world; nan where only seeds can tell.
    """

    measure: str
    world: str
    seed: int
    ours: float
    naive: float = np.nan
    se: float = np.nan

    @property
    def bound(self) -> Bound:
        """What the mean over seeds must reach."""
        return BOUNDS.get((self.measure, self.world)) or Bound()


class Mean(NamedTuple):
    """A measure's mean over seeds, with a 90 % interval."""

    n_seeds: int
    ours: float
    low: float
    high: float
    naive: float


def mean_over_seeds(rows: Iterable[Row]) -> Mean:
    """Average a measure, with the interval of the larger error: within worlds or between them."""
    rows = list(rows)
    ours, ses = (np.array([getattr(row, name) for row in rows]) for name in ("ours", "se"))
    between = ours.std(ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else np.nan
    within = np.sqrt(np.sum(ses**2)) / len(rows)
    half = NORMAL_95 * np.fmax(within, between)
    naive = float(np.mean([row.naive for row in rows]))
    mean = float(ours.mean())
    return Mean(len(rows), mean, mean - half, mean + half, naive)


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """Every measure and world: the mean over seeds, the naive rule's, the bound, whether it holds.

    Parameters
    ----------
    rows : iterable of Row

    Returns
    -------
    DataFrame
        Text, ready to print.
    """
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row.measure, row.world), []).append(row)
    return pd.DataFrame(
        [_line(*key, mean_over_seeds(group), group[0].bound) for key, group in grouped.items()],
        columns=["measure", "world", "seeds", "ours", "90 % interval", "naive", "bound", "holds"],
    )


def _line(measure: str, world: str, mean: Mean, bound: Bound) -> list[str]:
    holds = "yes" if bound.holds(mean.ours) else "no"
    return [
        measure,
        world,
        f"{mean.n_seeds}",
        f"{mean.ours:.3f}",
        "" if np.isnan(mean.low) else f"{mean.low:.3f} .. {mean.high:.3f}",
        "" if np.isnan(mean.naive) else f"{mean.naive:.3f}",
        f"{bound}",
        "" if bound == Bound() else holds,
    ]
