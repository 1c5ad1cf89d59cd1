"""How near the published accuracy figures of a world come to its truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from python_models.calibration.accuracy_score import accuracy_score
from tests.recovery import recovery_rows as measures
from tests.recovery.published_worlds import PublishedWorld
from tests.recovery.recovery_rows import NORMAL_95, Row

FEW, ENOUGH = 5, 20
# Beyond this, a score is too strict or too lenient; and the probability at which a pause counts.
EDGE, SURE = 1.5, 0.8


def accuracy_rows(world: PublishedWorld) -> list[Row]:
    """All measures of side B on one world.

    The naive rule is the yes rate less the later pass rate of those who went on. Its score takes
    the gap, centred on the platform's, for P(yes) − ½ at the bar: without centring it would
    call hardly anybody right.
    """
    judged = world.interviewers.dropna(subset=["leniency"])
    judged = judged.assign(
        gap=judged["yes_rate"] - judged["later_pass_rate"], naive_score=_naive_scores(judged)
    )
    enough = judged[judged["n_mocks"] >= ENOUGH]
    few = judged[judged["n_mocks"].between(FEW, ENOUGH - 1)]
    rows = [(measures.WITHIN_ONE, *_of_both(_within_one, enough))]
    if judged["bias_now"].std() > 0:
        covered = _covered(judged, enough)
        rows += [
            (measures.LENIENCY, *_correlations(enough)),
            (measures.LENIENCY_FEW, *_correlations(few)),
            (measures.LENIENCY_COVERAGE, covered, np.nan, _share_se(covered, len(judged))),
            (measures.FLAGS, *_of_both(_f1, enough)),
            *_flag_rows(judged),
        ]
    return [
        Row(measure, world.name, world.seed, ours=float(ours), naive=float(naive), se=float(se))
        for measure, ours, naive, se in rows
    ]


def _naive_scores(people: pd.DataFrame) -> pd.Series:
    gap = people["yes_rate"] - people["later_pass_rate"]
    prob = np.clip(0.5 + gap - gap.mean(), 0.01, 0.99)
    return pd.Series(accuracy_score(prob.to_numpy()), people.index).round()


def _of_both(measure, people: pd.DataFrame) -> tuple[float, float, float]:
    """Ours; the naive rule's, where it says anything; the standard error of ours."""
    ours = measure(people["accuracy_score"], people["true_accuracy_score"])
    told = people.dropna(subset=["naive_score"])
    naive = measure(told["naive_score"], told["true_accuracy_score"])
    return ours, naive, _share_se(ours, len(people))


def _within_one(score: pd.Series, truth: pd.Series) -> float:
    return float((score - truth).abs().le(1).mean())


def _f1(score: pd.Series, truth: pd.Series) -> float:
    found, true = score.abs() > 1, truth.abs() > 1
    return 2 * (found & true).sum() / max(found.sum() + true.sum(), 1)


def _flag_rows(judged: pd.DataFrame) -> list[tuple[str, float, float, float]]:
    """Are the probabilities that warn and pause true; the naive rule flags its score beyond 1.5."""
    told = judged.dropna(subset=["prob_beyond"])
    is_beyond = told["true_accuracy_score"].abs() > EDGE
    ours, naive = told["prob_beyond"] > SURE, told["naive_score"].abs() > EDGE
    true, false = is_beyond[ours].mean(), ours[~is_beyond].mean()
    return [
        (measures.FLAGS_TRUE, true, is_beyond[naive].mean(), _share_se(true, ours.sum())),
        (
            measures.FLAGS_FALSE,
            false,
            naive[~is_beyond].mean(),
            _share_se(false, (~is_beyond).sum()),
        ),
    ]


def _correlations(people: pd.DataFrame) -> tuple[float, float, float]:
    ours = people["leniency"].corr(people["bias_now"])
    se = (1 - ours**2) / np.sqrt(max(len(people) - 1, 1))
    return ours, people["gap"].corr(people["bias_now"]), se


def _covered(judged: pd.DataFrame, enough: pd.DataFrame) -> float:
    """Share of intervals that hold the true bias, on the scale of the estimates."""
    unit = np.polyfit(enough["leniency"], enough["bias_now"], 1)[0]
    truth = (judged["bias_now"] - judged["bias_now"].mean()) / unit
    error = judged["leniency"] - judged["leniency"].mean() - truth
    return float((error.abs() < NORMAL_95 * judged["leniency_se"]).mean())


def _share_se(share: float, n: int) -> float:
    return float(np.sqrt(max(share * (1 - share), 0.0) / max(n, 1)))
