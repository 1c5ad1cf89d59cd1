"""Which thresholds keep the error budget, and what each costs."""

from collections.abc import Iterable
from dataclasses import asdict

import numpy as np
import pandas as pd

from python_models.frames import BoolArray, FloatArray
from python_models.policy.interviewer_years import InterviewerYears
from python_models.policy.policy_runs import naive_line, run_naive, run_rule
from python_models.policy.standing_rule import Thresholds


def search_thresholds(
    years: InterviewerYears,
    candidates: Iterable[Thresholds],
    *,
    decision_weeks: int = 1,
    most_false_pauses: float = 0.01,
) -> pd.DataFrame:
    """Run each candidate over the same years.

    Parameters
    ----------
    years
        With good and truly bad ones among them.
    candidates
        Thresholds to try.
    decision_weeks
        As in `run_rule`.
    most_false_pauses
        The budget: share of good years.

    Returns
    -------
    pd.DataFrame
        One row per candidate: its thresholds; `false_warnings`, `false_pauses` (shares of the
        good); `warned`, `caught` (paused; shares of the truly bad) and `weeks_to_pause` (median);
        `caught_by_naive`, `caught_by_late_naive` (raw means at the same false pauses, from
        `min_rated` and from `warn_min_rated` sessions on); `meets_budget`; `is_efficient` (no
        other has no more false warnings and false pauses and catches more).
    """
    rows = []
    for thresholds in candidates:
        ours = run_rule(years, thresholds, decision_weeks)
        good, bad = years.is_good, years.is_bad
        false_pauses = _share(ours.paused_week[good])
        caught = []
        for floor in (thresholds.min_rated, thresholds.warn_min_rated):
            line = naive_line(years, false_pauses, floor, decision_weeks)
            naive = run_naive(years, line, floor, decision_weeks)
            caught.append(_share(naive.paused_week[bad]))
        weeks = ours.paused_week[bad]
        rows.append(
            {
                **asdict(thresholds),
                "false_warnings": _share(ours.warned_week[good]),
                "false_pauses": false_pauses,
                "warned": _share(ours.warned_week[bad]),
                "caught": _share(weeks),
                "weeks_to_pause": float(np.nanmedian(weeks)) if np.isfinite(weeks).any() else None,
                "caught_by_naive": caught[0],
                "caught_by_late_naive": caught[1],
                "meets_budget": false_pauses <= most_false_pauses and _share(weeks) >= max(caught),
            }
        )
    found = pd.DataFrame(rows)
    return found.assign(is_efficient=_is_efficient(found))


def _share(weeks: FloatArray) -> float:
    return float(np.isfinite(weeks).mean())


def _is_efficient(found: pd.DataFrame) -> BoolArray:
    costs = found[["false_warnings", "false_pauses"]].to_numpy(dtype=np.float64)
    caught = found["caught"].to_numpy(dtype=np.float64)
    no_dearer = (costs[:, None] <= costs[None, :]).all(axis=2)
    beaten = no_dearer & (caught[:, None] > caught[None, :])
    return ~np.asarray(beaten.any(axis=0), dtype=np.bool_)
