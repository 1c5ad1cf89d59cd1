"""The error budget of the standing policy: a closed loop over many interviewer-years (C2)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from python_models.fitted_table import FittedTable
from python_models.frames import plain_numbers
from python_models.policy.budget_panel import read_budget_panel
from python_models.policy.budget_rows import Row, gain_rows, run_rows, share, year_levels
from python_models.policy.interviewer_years import InterviewerYears, PlatformNumbers, draw_years
from python_models.policy.policy_runs import naive_line, run_naive, run_rule
from python_models.policy.standing_rule import Thresholds
from python_models.policy.way_back_replays import replay, warned_windows

COLUMNS = ["measure", "rule", "level", "estimate", "estimate_low", "estimate_high"]


class ErrorBudget(BaseEstimator):
    """False warnings and pauses, and the truly bad caught, by our rule and by raw means.

    Good is an interviewer whose true quality is above the line in every week of the year; truly
    bad is one who is at least `bad_distance` below it in every week. All rules see the same
    years, and people follow every recommendation. Two lines of the naive rule (`run_naive`) are
    moved until it pauses as many of the good as ours: `naive_matched` looks at means of
    `min_rated` sessions or more, `naive_matched_late` waits for as many as our rule's warning.

    Noise is normal, feedback comes at once, and nobody improves because of a warning. Inflation
    and candidates who come back, which would add to the errors of raw means, are left out.

    Parameters
    ----------
    thresholds
        Of the rule; None for its defaults.
    n_years
        Interviewer-years.
    history_weeks
        Longest past of an interviewer when the year begins.
    lookback
        Sessions of the window.
    decision_weeks
        Weeks that a person takes to confirm a recommendation, by any rule.
    bad_distance
        In sd of quality between interviewers.
    way_back_years
        Interviewer-years from which warned people are taken for replays of the way back.
    way_back_levels
        Quality after the warning in these replays, in sd above the line.
    way_back_chance
        The chance that is stated to them.
    most_false_pauses
        The budget: share of good years.
    level
        Of the intervals.
    random_state
        Seed.
    """

    def __init__(
        self,
        thresholds: Thresholds | None = None,
        n_years: int = 100_000,
        history_weeks: int = 104,
        lookback: int = 30,
        decision_weeks: int = 1,
        bad_distance: float = 0.5,
        way_back_years: int = 5_000,
        way_back_levels: tuple[float, ...] = (0.5, 1.0),
        way_back_chance: float = 0.8,
        most_false_pauses: float = 0.01,
        level: float = 0.9,
        random_state: int = 0,
    ) -> None:
        self.thresholds = thresholds
        self.n_years = n_years
        self.history_weeks = history_weeks
        self.lookback = lookback
        self.decision_weeks = decision_weeks
        self.bad_distance = bad_distance
        self.way_back_years = way_back_years
        self.way_back_levels = way_back_levels
        self.way_back_chance = way_back_chance
        self.most_false_pauses = most_false_pauses
        self.level = level
        self.random_state = random_state

    def fit(self, platform: PlatformNumbers) -> Self:
        """Run the years.

        Parameters
        ----------
        platform
            The platform's own numbers.

        Returns
        -------
        Self
            With `rows_` (the fitted table), `is_met_` (whether false pauses are within the budget
            and no fewer of the truly bad are paused than by either matched naive rule).
        """
        rng = np.random.default_rng(self.random_state)
        years = draw_years(
            platform,
            self.n_years,
            history_weeks=self.history_weeks,
            lookback=self.lookback,
            bad_distance=self.bad_distance,
            rng=rng,
        )
        rows = [*self._year_rows(platform, years), *self._way_back_rows(platform, rng)]
        self.rows_ = pd.DataFrame(rows, columns=COLUMNS)
        found = self.rows_.set_index(["measure", "rule", "level"])["estimate"]
        gains = self.rows_.loc[self.rows_["measure"] == "paused_gain", "estimate"].dropna()
        self.is_met_ = bool(
            not found["paused_share", "ours", "good"] > self.most_false_pauses
            and (gains >= 0).all()
        )
        return self

    def _year_rows(self, platform: PlatformNumbers, years: InterviewerYears) -> Iterator[Row]:
        rule, wait = self.thresholds or Thresholds(), self.decision_weeks
        for name, is_of in year_levels(years).items():
            yield ("years_share", "any", name, *share(is_of, self.level))
        ours = run_rule(years, rule, wait)
        yield from run_rows("ours", ours, years, self.level)
        naive = run_naive(years, platform.line, rule.min_rated, wait)
        yield from run_rows("naive", naive, years, self.level)
        if not years.is_good.any():
            return
        false_pauses = float(np.isfinite(ours.paused_week[years.is_good]).mean())
        floors = {"naive_matched": rule.min_rated, "naive_matched_late": rule.warn_min_rated}
        for name, floor in floors.items():
            line = naive_line(years, false_pauses, floor, wait)
            yield ("line", name, "any", line, np.nan, np.nan)
            matched = run_naive(years, line, floor, wait)
            yield from run_rows(name, matched, years, self.level)
            yield from gain_rows(("ours", name), ours, matched, years.is_bad, self.level)

    def _way_back_rows(self, platform: PlatformNumbers, rng: np.random.Generator) -> Iterator[Row]:
        rule = self.thresholds or Thresholds()
        windows = warned_windows(
            platform,
            self.way_back_years,
            rule,
            history_weeks=self.history_weeks,
            lookback=self.lookback,
            decision_weeks=self.decision_weeks,
            rng=rng,
        )
        sd = np.sqrt(platform.scale.between_variance)
        for above in self.way_back_levels:
            level = platform.line + above * sd
            found = replay(windows, level, platform, rule, chance=self.way_back_chance, rng=rng)
            left = found.has_left[found.is_complete]
            paused = found.was_paused[found.is_complete]
            yield ("way_back_left_share", "ours", f"{above:g}", *share(left, self.level))
            yield ("way_back_paused_share", "ours", f"{above:g}", *share(paused, self.level))


def fit_error_budget(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `ErrorBudget` on the platform's own numbers and the thresholds in force.

    Parameters
    ----------
    panel
        One row: `mean`, `between_variance`, `noise_variance` (of one adjusted rating),
        `raw_noise_variance` (of one raw rating, candidates' leniency included), `drift_variance`
        and `sure_drift_variance` (per week), `line` (null where there is none), and quantiles of
        rated sessions a week over interviewers, `weekly_rated_p05`, `_p25`, `_p50`, `_p75`, `_p95`.
        Thresholds in force, where they are there, take the place of the settings' (`budget_panel`).
    **settings
        Settings of `ErrorBudget`.

    Returns
    -------
    FittedTable
        Rows (measure, rule, level, estimate, estimate_low, estimate_high); the line alone where
        there is none, which is then null, or nothing that tells interviewers apart: an older
        budget must not go on serving. Measures by rule (ours, naive, naive_matched,
        naive_matched_late) and level (good, truly_bad, near_line): warned_share, paused_share,
        warnings_per_year, weeks_to_warning and weeks_to_pause (medians of those it happens to);
        years_share; warned_gain and paused_gain; line; way_back_left_share and
        way_back_paused_share by quality above the line in sd.
    """
    found = read_budget_panel(panel, settings)
    budget = ErrorBudget(**found.settings)
    rows: list[Row] = [("line", "ours", "any", found.line, np.nan, np.nan)]
    is_known = found.platform is not None
    if found.platform is not None:
        rows += budget.fit(found.platform).rows_.itertuples(index=False, name=None)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return FittedTable(
        table=table,
        settings={**budget.get_params(), "thresholds": asdict(found.settings["thresholds"])},
        diagnostics=plain_numbers(_diagnostics(table, budget) if is_known else {"is_known": False}),
        n_rows=len(panel),
        warnings=tuple(_warnings(budget, is_known)),
    )


def _diagnostics(table: pd.DataFrame, budget: ErrorBudget) -> dict[str, Any]:
    found = table.set_index(["measure", "rule", "level"])["estimate"]
    return {
        "is_known": True,
        "is_met": budget.is_met_,
        "false_warnings": found["warned_share", "ours", "good"],
        "false_pauses": found["paused_share", "ours", "good"],
        "caught": found["paused_share", "ours", "truly_bad"],
        "caught_by_naive_matched": found.get(("paused_share", "naive_matched", "truly_bad")),
    }


def _warnings(budget: ErrorBudget, is_known: bool) -> Iterator[str]:
    if not is_known:
        yield "no line, or nothing that tells interviewers apart: no error budget"
    elif not budget.is_met_:
        yield (
            f"the thresholds miss the budget: more than {budget.most_false_pauses:.1%} of good"
            " years see a pause, or fewer of the truly bad are paused than by raw means"
        )
