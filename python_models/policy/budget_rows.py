"""Rates of interviewer-years under a rule, with intervals."""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from python_models.frames import BoolArray, FloatArray
from python_models.policy.interviewer_years import InterviewerYears
from python_models.policy.policy_runs import YearsRun

Estimate = tuple[float, float, float]
Row = tuple[str, str, str, float, float, float]


def year_levels(years: InterviewerYears) -> dict[str, BoolArray]:
    """Which years are good, truly bad, or near the line (neither)."""
    return {
        "good": years.is_good,
        "truly_bad": years.is_bad,
        "near_line": ~(years.is_good | years.is_bad),
    }


def run_rows(rule: str, run: YearsRun, years: InterviewerYears, level: float) -> Iterator[Row]:
    """Rows (measure, rule, level, estimate, low, high) of one rule.

    Parameters
    ----------
    rule
        Its name.
    run, years
        What it brought, and to whom.
    level
        Of the intervals.
    """
    for name, is_of in year_levels(years).items():
        warned, paused = run.warned_week[is_of], run.paused_week[is_of]
        yield ("warned_share", rule, name, *share(np.isfinite(warned), level))
        yield ("paused_share", rule, name, *share(np.isfinite(paused), level))
        warnings = run.n_warnings[is_of].astype(np.float64)
        yield ("warnings_per_year", rule, name, *mean(warnings, level))
        yield ("weeks_to_warning", rule, name, *median(warned[np.isfinite(warned)], level))
        yield ("weeks_to_pause", rule, name, *median(paused[np.isfinite(paused)], level))


def gain_rows(
    names: tuple[str, str], ours: YearsRun, other: YearsRun, is_bad: BoolArray, level: float
) -> Iterator[Row]:
    """How many more of the truly bad one rule warns and pauses than another, on the same years.

    Parameters
    ----------
    names
        Of the two rules.
    ours, other
        Their runs over the same years.
    is_bad
        Which years count.
    level
        Of the intervals.
    """
    rule = f"{names[0]}_less_{names[1]}"
    for measure in ("warned", "paused"):
        weeks = [getattr(run, f"{measure}_week")[is_bad] for run in (ours, other)]
        gain = np.isfinite(weeks[0]).astype(float) - np.isfinite(weeks[1]).astype(float)
        yield (f"{measure}_gain", rule, "truly_bad", *mean(gain, level))


def share(is_so: BoolArray, level: float) -> Estimate:
    """Share of true, with Wilson's interval (1927)."""
    n, k = len(is_so), int(is_so.sum())
    if n == 0:
        return (np.nan, np.nan, np.nan)
    interval = stats.binomtest(k, n).proportion_ci(level, method="wilson")
    return k / n, float(interval.low), float(interval.high)


def mean(values: FloatArray, level: float) -> Estimate:
    """Mean, with the normal interval; years are many."""
    n = len(values)
    if n < 2:
        return (float(values.mean()) if n else np.nan, np.nan, np.nan)
    half = stats.norm.isf((1 - level) / 2) * values.std(ddof=1) / np.sqrt(n)
    centre = float(values.mean())
    return centre, float(centre - half), float(centre + half)


def median(values: FloatArray, level: float) -> Estimate:
    """Median, with the interval between two order statistics (binomial)."""
    n = len(values)
    if n == 0:
        return (np.nan, np.nan, np.nan)
    ordered = np.sort(values)
    tail = (1 - level) / 2
    low, high = (int(stats.binom.ppf(q, n, 0.5)) for q in (tail, 1 - tail))
    return float(np.median(ordered)), float(ordered[low]), float(ordered[min(high, n - 1)])
