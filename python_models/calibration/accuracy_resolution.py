"""How much of the accuracy scale the data can bear: flips of an unchanged bucket, levels (B3)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator

from python_models.calibration.accuracy_score import accuracy_score
from python_models.calibration.score_levels import best_groupings
from python_models.calibration.steadiness import (
    Careers,
    blocks,
    count_flips,
    estimated_path,
    naive_path,
    weekly_counts,
)
from python_models.fitted_table import FittedTable
from python_models.frames import BoolArray, FloatArray, as_floats, plain_numbers, require_columns

REQUIRED = (
    "interviewer_id",
    "leniency",
    "leniency_se",
    "n_mocks",
    "n_mocks_year_ago",
    "n_results",
    "n_results_year_ago",
    "yes_rate",
    "later_pass_rate",
    "leniency_variance",
    "borderline_log_odds",
    "leniency_slope",
    "strict_edge",
    "lenient_edge",
)
COLUMNS = ["measure", "level", "n", "estimate", "estimate_se", "grouping"]
# Without these nobody has a score.
LEARNED = ("leniency", "leniency_se", "borderline_log_odds", "leniency_slope")


class AccuracyResolution(BaseEstimator):
    """What an unchanged interviewer's bucket would do in a year, and how many levels hold.

    Interviewers who had a score a year ago and judged since are given a leniency from their
    posterior, which then stays; their estimate is followed through a year of weekly refits, with
    as many judgements as they really gave. The noise of a judgement is what makes their standard
    error. What moves with the others' estimates is left out: on a simulated platform refitted in
    earnest, flips were as many within the error of both
    (`tests/recovery/test_accuracy_resolution.py`). The naive rule, yes rate less later pass
    rate, is followed in the same way.

    Parameters
    ----------
    min_judgements
        Judgements that a score needs.
    most_misranked
        Share of wrongly ordered pairs that levels may have to count as told apart.
    most_per_level
        Interviewers of a level whose pairs are looked at.
    n_replicates
        Careers simulated for each interviewer.
    random_state
        Seed.
    """

    def __init__(
        self,
        min_judgements: int = 5,
        most_misranked: float = 0.05,
        most_per_level: int = 300,
        n_replicates: int = 20,
        random_state: int = 0,
    ) -> None:
        self.min_judgements = min_judgements
        self.most_misranked = most_misranked
        self.most_per_level = most_per_level
        self.n_replicates = n_replicates
        self.random_state = random_state

    def fit(self, interviewers: pd.DataFrame) -> Self:
        """Follow careers and try groupings.

        Parameters
        ----------
        interviewers
            One row per interviewer, with the columns in `REQUIRED`.

        Returns
        -------
        Self
            With `rows_` (the fitted table), `n_levels_` (NaN where it cannot be told),
            `warnings_`.
        """
        self.warnings_: list[str] = []
        self.n_levels_ = float("nan")
        self._rows: list[tuple[Any, ...]] = []
        people = interviewers[interviewers["n_mocks"] >= self.min_judgements]
        people = people[people[[*LEARNED]].notna().all(axis=1)]
        variance = float(people["leniency_variance"].iloc[0]) if len(people) else 0.0
        if len(people) < 2 or variance <= 0:
            self.warnings_.append("no two interviewers with a score: nothing to tell apart")
        else:
            rng = np.random.default_rng(self.random_state)
            self._tell_levels(people, rng)
            # Who judged nobody meanwhile has an estimate that stands still: no year to count.
            has_judged = people["n_mocks"] > people["n_mocks_year_ago"]
            settled = people[has_judged & (people["n_mocks_year_ago"] >= self.min_judgements)]
            if len(settled):
                self._follow(settled, variance, rng)
            else:
                self.warnings_.append("nobody with a score a year ago has judged since: no flips")
        self.rows_ = pd.DataFrame(self._rows, columns=COLUMNS)
        return self

    def _tell_levels(self, people: pd.DataFrame, rng: np.random.Generator) -> None:
        leniency = as_floats(people["leniency"])
        level = np.round(_scores(people, leniency)).astype(np.int64)
        found = best_groupings(
            level,
            leniency,
            as_floats(people["leniency_se"]),
            most_per_level=self.most_per_level,
            rng=rng,
        )
        for n_groups, grouping in sorted(found.items()):
            names = "|".join(str(start) for start in grouping.starts)
            pairs = int(grouping.n_pairs)
            self._rows.append(("misranked", str(n_groups), pairs, grouping.misranked, None, names))
        told = [n for n, grouping in found.items() if grouping.misranked <= self.most_misranked]
        self.n_levels_ = float(max(told, default=1))
        best = found[max(told)].starts if told else None
        kept = None if best is None else "|".join(str(start) for start in best)
        self._rows.append(("n_levels", "ours", len(people), self.n_levels_, None, kept))

    def _follow(self, people: pd.DataFrame, variance: float, rng: np.random.Generator) -> None:
        flips: dict[str, list[FloatArray]] = {"ours": [], "naive": []}
        for block in blocks(len(people)):
            part = people.iloc[block]
            replicates = range(self.n_replicates)
            flips["ours"].append(np.stack([_our_flips(part, variance, rng) for _ in replicates]))
            flips["naive"].append(np.stack([_naive_flips(part, rng) for _ in replicates]))
        if not (as_floats(people["n_results_year_ago"]) > 0).any():
            self.warnings_.append("nobody had a later result a year ago: the naive rule is silent")
            del flips["naive"]
        for name, parts in flips.items():
            counts = np.concatenate(parts, axis=1)
            self._rows.append(("flips", name, *_mean_of_people(counts), None))
            self._rows.append(("flipped_share", name, *_mean_of_people(counts > 0), None))


def fit_accuracy_resolution(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `AccuracyResolution` on the panel of interviewers.

    Parameters
    ----------
    panel
        One row per interviewer.
    **settings
        Settings of `AccuracyResolution`.

    Returns
    -------
    FittedTable
        Rows (measure, level, n, estimate, estimate_se, grouping). Measures: flips and
        flipped_share (per interviewer-year, by rule), misranked (by number of groups), n_levels.
    """
    require_columns(panel, REQUIRED, "accuracy_resolution")
    fitted = AccuracyResolution(**settings).fit(panel)
    return FittedTable(
        table=fitted.rows_,
        settings=fitted.get_params(),
        diagnostics=plain_numbers({"n_levels": fitted.n_levels_}),
        n_rows=len(panel),
        warnings=tuple(fitted.warnings_),
    )


def _scores(people: pd.DataFrame, leniency: FloatArray) -> FloatArray:
    log_odds = as_floats(people["borderline_log_odds"])
    return accuracy_score(expit(log_odds + as_floats(people["leniency_slope"]) * leniency))


def _our_flips(people: pd.DataFrame, variance: float, rng: np.random.Generator) -> FloatArray:
    n_now, se = as_floats(people["n_mocks"]), as_floats(people["leniency_se"])
    # From se² = variance·noise/(n·variance + noise); a se as wide as the prior says nothing.
    known = np.minimum(se**2, 0.99 * variance)
    noise = n_now * variance * known / (variance - known)
    truth = as_floats(people["leniency"]) + se * rng.standard_normal(len(people))
    counts = weekly_counts(as_floats(people["n_mocks_year_ago"]), n_now)
    path = estimated_path(truth, counts, noise, variance, rng)
    return count_flips(_scores(people, path), *_edges(people))


def _naive_flips(people: pd.DataFrame, rng: np.random.Generator) -> FloatArray:
    careers = Careers(
        as_floats(people["n_mocks_year_ago"]),
        as_floats(people["n_mocks"]),
        as_floats(people["n_results_year_ago"]),
        as_floats(people["n_results"]),
        as_floats(people["yes_rate"]),
        as_floats(people["later_pass_rate"]),
    )
    return count_flips(naive_path(careers, rng), *_edges(people))


def _mean_of_people(by_replicate: FloatArray | BoolArray) -> tuple[int, float, float]:
    """Number, mean and its error; replicates of one person are one person."""
    of_person = by_replicate.mean(axis=0)
    n = len(of_person)
    error = of_person.std(ddof=1) / np.sqrt(n) if n > 1 else float("nan")
    return n, float(of_person.mean()), float(error)


def _edges(people: pd.DataFrame) -> tuple[float, float]:
    return float(people["strict_edge"].iloc[0]), float(people["lenient_edge"].iloc[0])
