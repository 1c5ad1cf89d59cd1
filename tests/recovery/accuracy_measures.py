"""How near the published accuracy figures of a world come to its truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.recovery import recovery_rows as measures
from tests.recovery.published_worlds import PublishedWorld
from tests.recovery.recovery_rows import NORMAL_95, Row

FEW, ENOUGH = 5, 20


def accuracy_rows(world: PublishedWorld) -> list[Row]:
    """All measures of side B on one world."""
    judged = world.interviewers.dropna(subset=["leniency"])
    enough = judged[judged["n_mocks"] >= ENOUGH]
    few = judged[judged["n_mocks"].between(FEW, ENOUGH - 1)]
    within = (enough["accuracy_score"] - enough["true_accuracy_score"]).abs().le(1)
    rows = [(measures.WITHIN_ONE, within.mean(), np.nan)]
    if judged["bias_now"].std() > 0:
        rows += [
            (measures.LENIENCY, enough["leniency"].corr(enough["bias_now"]), _gap(enough)),
            (measures.LENIENCY_FEW, few["leniency"].corr(few["bias_now"]), _gap(few)),
            (measures.LENIENCY_COVERAGE, _coverage(judged, enough), np.nan),
            (measures.FLAGS, _f1(enough), np.nan),
        ]
    return [
        Row(measure, world.name, world.seed, ours=float(ours), naive=float(naive))
        for measure, ours, naive in rows
    ]


def _gap(people: pd.DataFrame) -> float:
    """Correlation of the naive rule: yes rate minus the later pass rate of those who went on."""
    return (people["yes_rate"] - people["later_pass_rate"]).corr(people["bias_now"])


def _coverage(judged: pd.DataFrame, enough: pd.DataFrame) -> float:
    """Share of intervals that hold the true bias, on the scale of the estimates."""
    unit = np.polyfit(enough["leniency"], enough["bias_now"], 1)[0]
    truth = (judged["bias_now"] - judged["bias_now"].mean()) / unit
    error = judged["leniency"] - judged["leniency"].mean() - truth
    return float((error.abs() < NORMAL_95 * judged["leniency_se"]).mean())


def _f1(people: pd.DataFrame) -> float:
    found = people["accuracy_score"].abs() > 1
    truth = people["true_accuracy_score"].abs() > 1
    return 2 * (found & truth).sum() / max(found.sum() + truth.sum(), 1)
