"""Whether the items of a verdict form say the same, as their composite takes for granted (B2)."""

import itertools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from python_models.calibration.composite import ITEMS
from python_models.calibration.item_correlations import (
    correlate_judges,
    correlate_noise,
    project,
)
from python_models.frames import FloatArray, IntArray

Finding = Literal["agree", "disagree", "cannot tell"]
COLUMNS = [
    "first",
    "second",
    "n_judgements",
    "residual_correlation",
    "residual_correlation_se",
    "n_judges",
    "judge_correlation",
    "judge_correlation_se",
]
# One-sided 95 %.
_SURE = 1.645


@dataclass(frozen=True)
class ItemAgreement:
    """What the items of the same judgement have in common.

    Parameters
    ----------
    finding
        `disagree`: fall back to the verdicts alone. `cannot tell`: the composite stays.
    reason
        The numbers that decided, in words.
    pairs
        One row per pair of items, with the columns in `COLUMNS`; NaN where it is not told.
    """

    finding: Finding
    reason: str
    pairs: pd.DataFrame


def find_item_agreement(
    items: Mapping[str, FloatArray],
    *,
    owner: IntArray,
    facets: Sequence[IntArray],
    design: FloatArray | None = None,
    least_judge_correlation: float = 0.93,
    least_residual_correlation: float = 0.3,
    min_judgements: int = 500,
    min_judges: int = 30,
    most_error: float = 0.1,
    random_state: int = 0,
) -> ItemAgreement:
    """Correlate the items of a judgement with the verdict, net of candidates and judges.

    Each pair of items is taken on the judgements that have both. Fixed effects, candidates and
    judges are projected out, which leaves the same share of every item's noise: the correlation
    of what is left is that of the noise. Candidates are split at random into two halves, which
    give each judge two estimates with nothing but the judge in common; from covariances across
    the halves comes the correlation of the judges' leniencies themselves, free of noise
    (split-half disattenuation, Spearman 1904), with a jackknife error over judges.

    **The rule.** The composite's leniency is that of the verdict if judges who are lenient in
    one item are so in the others. The items disagree if the judges' correlation between the
    verdict and a mark is below `least_judge_correlation`, beyond chance. Only where that cannot
    be told (few judges, or judges who hardly differ) the noise decides, likewise, by
    `least_residual_correlation`. The noise comes second as it misleads both ways. On simulated
    platforms of 250 judges with 24 and 88 judgements each, r(leniency, true bias):

    ===================================  =========  ======  =============  =============
    form                                 residual   judges  composite      verdicts alone
    ===================================  =========  ======  =============  =============
    marks share the impression (base)    .64        1       .89, .98       .86, .97
    marks of the same bias, own noise    .01        1       .92, .98       .86, .97
    and a bias of their own, sd .2       .64        .93     .86, .94       .86, .97
    and a bias of their own, sd .5       .63        .71     .74, .82       .86, .97
    half of the marks is something else  .27        .5      .66, .73       .86, .97
    marks of something else              .00        .0      .41            .97
    ===================================  =========  ======  =============  =============

    At .93 the composite is as good as the verdicts alone for a judge with 24 judgements, and
    two points worse at 88. A residual correlation of .3 is half the base form's.

    Parameters
    ----------
    items
        Numbers of `would_advance`, `technical` and `problem_solving` by name, NaN where missing.
    owner, facets
        Candidate, and each kind of judge, as in `CrossedEffects.fit`; every judgement has one
        judge, and those without any are left aside. Judges' correlations are those of the first
        kind.
    design
        Fixed effects, one row for each judgement; None for none.
    least_judge_correlation, least_residual_correlation
        Thresholds of the rule.
    min_judgements, min_judges
        Judgements with both items, and judges in both halves, below which nothing is said.
    most_error
        Largest standard error with which a correlation says that items agree.
    random_state
        Seed of the halves.

    Returns
    -------
    ItemAgreement
        The finding and the correlations.
    """
    judge = _one_judge(facets, len(owner))
    n_first = int(facets[0].max(initial=-1)) + 1 if facets else 0
    columns = np.empty((len(owner), 0)) if design is None else design
    half = np.random.default_rng(random_state).integers(0, 2, int(owner.max(initial=-1)) + 1)
    table: list[dict[str, object]] = []
    for first, second in itertools.combinations([item for item in ITEMS if item in items], 2):
        values = np.column_stack([items[first], items[second]])
        is_used = np.isfinite(values).all(axis=1) & (judge >= 0)
        n_used = int(is_used.sum())
        row: dict[str, object] = {"first": first, "second": second, "n_judgements": n_used}
        if n_used >= min_judgements:
            halves = [
                project(values[part], columns[part], owner[part], judge[part], int(judge.max()) + 1)
                for part in (is_used & (half[owner] == side) for side in (0, 1))
            ]
            row |= correlate_noise(halves) | correlate_judges(halves, min_judges, n_first)
        table.append(row)
    pairs = pd.DataFrame(table).reindex(columns=COLUMNS)
    thresholds = {"judge": least_judge_correlation, "residual": least_residual_correlation}
    return ItemAgreement(*_decide(pairs, thresholds, most_error), pairs)


def _decide(
    pairs: pd.DataFrame, thresholds: Mapping[str, float], most_error: float
) -> tuple[Finding, str]:
    """One mark that disagrees is enough, as it has its share in every composite."""
    with_verdict = pairs[pairs["first"] == ITEMS[0]].to_dict("records")
    said = [_of_pair(pair, thresholds, most_error) for pair in with_verdict]
    wanted: tuple[Finding, ...] = ("disagree", "agree")
    for finding in wanted:
        reasons = [reason for found, reason in said if found == finding]
        if reasons:
            return finding, "; ".join(reasons)
    return "cannot tell", "too few judgements with two items to tell whether items agree"


def _of_pair(
    pair: Mapping[Hashable, Any], thresholds: Mapping[str, float], most_error: float
) -> tuple[Finding, str]:
    for kind, least in thresholds.items():
        found, error = pair[f"{kind}_correlation"], pair[f"{kind}_correlation_se"]
        reason = (
            f"{kind} correlation of {pair['first']} and {pair['second']} {found:.3f}"
            f" (standard error {error:.3f}), at least {least:g} is asked for"
        )
        if found + _SURE * error < least:
            return "disagree", reason
        # False for NaN, which is not told.
        if error <= most_error:
            return "agree", reason
    return "cannot tell", ""


def _one_judge(facets: Sequence[IntArray], n_rows: int) -> IntArray:
    judge, start = np.full(n_rows, -1, dtype=np.int64), 0
    for codes in facets:
        judge = np.where(codes >= 0, codes + start, judge)
        start += int(codes.max(initial=-1)) + 1
    return judge
