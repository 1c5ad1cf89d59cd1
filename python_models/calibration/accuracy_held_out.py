"""Accuracy and readiness tried on a time that their fit has not seen (B6, B7)."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from python_models.calibration import forecasts
from python_models.calibration.abilities import abilities_from_earlier
from python_models.calibration.interviewer_leniency import REQUIRED as JUDGEMENT
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency
from python_models.calibration.leniency_windows import compare_windows
from python_models.calibration.links import fit_links, mean_earlier_verdict
from python_models.fitted_table import FittedTable
from python_models.frames import BoolArray, FloatArray, as_floats, plain_numbers, require_columns

COLUMNS = ["measure", "level", "n", "estimate", "estimate_se"]
REQUIRED = (*JUDGEMENT, "judged_at")
NAIVE = ("mean_verdict", "mean_verdict_recalibrated", "base_rate")


class AccuracyHeldOut(BaseEstimator):
    """Fit on the first part of time, and try on the rest.

    Leniency, links and scores are learned from judgements before the split alone. After it, a
    company's decision is forecast from all judgements of the candidate before it, by the
    parameters of before the split. Beside it stand the mean of the candidate's earlier mock
    verdicts, as it is and put on the right scale by the decisions before the split, and the
    pass rate before the split. All are tried on the same decisions: those on candidates with a
    mock before.

    An interviewer's verdicts are set against the same forecast, of the average company's decision
    on the same candidates from their earlier judgements: nobody is left out, so the
    difference is free of who went on to a company.

    Parameters
    ----------
    share
        Share of the mock judgements before the split.
    min_judgements
        Interviewers with fewer before the split get no score.
    min_comparison_set
        Nor do those in a comparison set of fewer interviewers, or without a company.
    min_decisions
        Decisions on either side needed for forecasts to be tried.
    n_bins
        Bins of the reliability table.
    windows
        Lengths in days of shorter pasts, whose leniency is set against that after the split.
    """

    def __init__(
        self,
        share: float = 0.5,
        min_judgements: int = 5,
        min_comparison_set: int = 5,
        min_decisions: int = 30,
        n_bins: int = 10,
        windows: Sequence[int] = (180, 365),
    ) -> None:
        self.share = share
        self.min_judgements = min_judgements
        self.min_comparison_set = min_comparison_set
        self.min_decisions = min_decisions
        self.n_bins = n_bins
        self.windows = windows

    def fit(self, judgements: pd.DataFrame) -> Self:
        """Learn before the split and try after it.

        Parameters
        ----------
        judgements
            One row per judgement, with the columns in `REQUIRED`.

        Returns
        -------
        Self
            With `rows_` (the fitted table), `n_before_`, `n_tried_`, `warnings_`.
        """
        self.warnings_: list[str] = []
        self.n_before_ = self.n_tried_ = 0
        self._parts: list[pd.DataFrame] = [_rows("split", [])]
        ordered = judgements.sort_values(["judged_at", "session_id"], ignore_index=True)
        is_real = np.nan_to_num(as_floats(ordered["is_real"])) > 0
        mocks = ordered.loc[~is_real, "judged_at"]
        if len(mocks) < 2:
            self.warnings_.append("too few mock judgements to split them by time")
        else:
            split = mocks.iloc[int(len(mocks) * self.share)]
            self._parts.append(_rows("split", [("judged_at", len(mocks), split.timestamp(), None)]))
            self._learn_and_try(ordered, is_real, (ordered["judged_at"] < split).to_numpy())
            compared = compare_windows(ordered, split, self.windows, self.min_judgements)
            self._parts.append(_rows("window", list(compared.itertuples(index=False, name=None))))
        self.rows_ = pd.concat(self._parts, ignore_index=True)[COLUMNS]
        return self

    def _learn_and_try(
        self, judgements: pd.DataFrame, is_real: BoolArray, is_before: BoolArray
    ) -> None:
        before = judgements[is_before]
        self.n_before_ = len(before)
        fitted = fit_interviewer_leniency(before)
        if not (fitted.table["facet"] == "variance").any():
            self.warnings_.append("nothing could be learned before the split")
            return
        links = fit_links(before, fitted.table)
        if not links.has_bar:
            self.warnings_.append("no company's bar before the split")
            return
        judged = _comparable(fitted.table, self.min_comparison_set)
        judged = judged[judged["n_judgements"] >= self.min_judgements]
        scores = links.scores(as_floats(judged["estimate"]))
        counts = judged["n_judgements"].astype(int)
        rows = [(*row, None) for row in zip(judged["level"], counts, scores, strict=True)]
        self._parts.append(_rows("score", rows))
        ours = links.pass_prob(abilities_from_earlier(judgements, fitted.table))
        is_scored = judgements["interviewer_id"].isin(judged["level"]).to_numpy() & ~is_real
        for name, part in (("net_first", is_before), ("net_second", ~is_before)):
            self._parts.append(
                _rows(name, _net_of_companies(judgements[is_scored & part], ours[is_scored & part]))
            )
        self._try_readiness(judgements, is_real, is_before, ours)

    def _try_readiness(
        self, judgements: pd.DataFrame, is_real: BoolArray, is_before: BoolArray, ours: FloatArray
    ) -> None:
        outcome, naive = as_floats(judgements["would_advance"]), mean_earlier_verdict(judgements)
        is_known = is_real & np.isfinite(outcome) & np.isfinite(naive)
        is_tried, is_learned = is_known & ~is_before, is_known & is_before
        if min(is_tried.sum(), is_learned.sum()) < self.min_decisions:
            self.warnings_.append("too few decisions on either side of the split")
            return
        mean_verdict = np.where(np.isfinite(naive), naive, 0.5)
        rivals = {
            "mean_verdict": mean_verdict,
            "mean_verdict_recalibrated": forecasts.recalibrated(mean_verdict, outcome, is_learned),
            "base_rate": np.full(len(outcome), outcome[is_learned].mean()),
        }
        self.n_tried_ = int(is_tried.sum())
        of = judgements.loc[is_tried, "candidate_key"]
        y = outcome[is_tried]
        tried = {"ours": ours[is_tried]}
        tried |= {name: forecast[is_tried] for name, forecast in rivals.items()}
        self._parts.append(_compared(tried, y, of))
        line = forecasts.calibration_line(tried["ours"], y, of).items()
        self._parts.append(_rows("calibration", [(name, len(y), *values) for name, values in line]))
        for name in ("ours", "mean_verdict"):
            bins = forecasts.reliability(tried[name], y, self.n_bins)
            edges = [f"{edge:.2f}" for edge in bins["bin"]]
            for column in ("forecast", "observed"):
                rows = [
                    (edge, n, value, None)
                    for edge, n, value in zip(edges, bins["n"], bins[column], strict=True)
                ]
                self._parts.append(_rows(f"{name}_{column}", rows))


def fit_accuracy_held_out(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `AccuracyHeldOut` on the panel of judgements.

    Parameters
    ----------
    panel
        One row per judgement, mock or real, with its time.
    **settings
        Settings of `AccuracyHeldOut`.

    Returns
    -------
    FittedTable
        Rows (measure, level, n, estimate, estimate_se). Measures: split (seconds since 1970),
        score (by interviewer, not rounded), net_first and net_second (by interviewer, before and
        after the split: mean of yes less the average company's forecast on the same candidates),
        brier and brier_gain (by forecast; how much less ours errs), calibration (intercept,
        slope), ours_/mean_verdict_ forecast and observed (by bin).
    """
    require_columns(panel, REQUIRED, "accuracy_held_out")
    fitted = AccuracyHeldOut(**settings).fit(panel)
    diagnostics = {"n_before_split": fitted.n_before_, "n_decisions_tried": fitted.n_tried_}
    return FittedTable(
        table=fitted.rows_,
        settings=fitted.get_params(),
        diagnostics=plain_numbers(diagnostics),
        n_rows=len(panel),
        warnings=tuple(fitted.warnings_),
    )


def _comparable(table: pd.DataFrame, min_comparison_set: int) -> pd.DataFrame:
    """Rows of interviewers whose set has a company and enough of them to compare."""
    judged = table[table["facet"] == "interviewer"]
    in_set = judged.groupby("comparison_set_id")["level"].transform("size")
    has_bar = judged["comparison_set_id"].isin(
        table.loc[table["facet"] == "company", "comparison_set_id"]
    )
    return judged[has_bar & (in_set >= min_comparison_set)]


def _net_of_companies(mocks: pd.DataFrame, company: FloatArray) -> list[tuple[Any, ...]]:
    """Per interviewer, mean of yes less what the average company would have said, with its se."""
    net = pd.Series(as_floats(mocks["would_advance"]) - company, index=mocks.index).dropna()
    by = net.groupby(mocks["interviewer_id"])
    errors: pd.Series = by.std() / np.sqrt(by.size())
    return [*zip(by.size().index, by.size(), by.mean(), errors, strict=True)]


def _compared(
    tried: dict[str, FloatArray], outcome: FloatArray, candidate: pd.Series
) -> pd.DataFrame:
    """Brier scores, and how much less ours is on the same decisions."""
    rows = [
        (name, len(outcome), *forecasts.brier(forecast, outcome, candidate))
        for name, forecast in tried.items()
    ]
    squares = {name: (forecast - outcome) ** 2 for name, forecast in tried.items()}
    gains = [
        (
            name,
            len(outcome),
            *forecasts.clustered_mean(squares[name] - squares["ours"], candidate),
        )
        for name in NAIVE
    ]
    return pd.concat([_rows("brier", rows), _rows("brier_gain", gains)], ignore_index=True)


def _rows(measure: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["level", "n", "estimate", "estimate_se"])
    table.insert(0, "measure", measure)
    return table.astype({"level": "object", "n": "int64", "estimate": float, "estimate_se": float})
