"""How near the published experience figures of a world come to its truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from python_models.experience.experience_weights import fit_experience_weights
from python_models.simulation.world import FACTORS
from tests.recovery import recovery_rows as measures
from tests.recovery.published_worlds import PublishedWorld
from tests.recovery.recovery_rows import NORMAL_95, Row

FEWEST_RATED = 10
EQUAL = 1 / len(FACTORS)
LABEL_TIME = pd.Timedelta(days=60)


def experience_rows(world: PublishedWorld) -> list[Row]:
    """All measures of side A on one world."""
    rows = [*quality(world), *weights(world), *leaving_by_fifth(world)]
    rows.append(quality_coverage(world))
    # Where nobody moves anybody there is nothing to be covered.
    return rows + churn_effect(world) if world.interviewers["staying_effect"].any() else rows


def quality(world: PublishedWorld) -> list[Row]:
    """Correlation of the estimate, and of the naive score, with what is true on the last day.

    Those who have left have no quality now: the simulator moves their skill on unseen, so that
    their figures say how much it moves. They are shown apart.
    """
    known = world.interviewers[world.interviewers["n_rated_window"] >= FEWEST_RATED]
    present = known[~known["has_left"].astype(bool)]
    rows = []
    for measure, people in ((measures.QUALITY, present), (measures.QUALITY_ALL, known)):
        ours = people["quality_estimate"].corr(people["quality_now"])
        naive = people["naive_score"].corr(people["quality_now"])
        se = (1 - ours**2) / np.sqrt(len(people) - 1)
        rows.append(Row(measure, world.name, world.seed, ours=ours, naive=naive, se=se))
    return rows


def weights(world: PublishedWorld) -> list[Row]:
    """L1 distance of the published weights to the true and to equal ones; the Q-test's answer."""
    found = pd.Series(world.weights)
    truth = pd.Series(world.true_weights)
    is_detected = world.fits["experience_effects"]["diagnostics"]["is_detectable"]
    distances = [
        (measures.WEIGHTS, (found - truth).abs().sum(), (EQUAL - truth).abs().sum()),
        (measures.UNEQUAL, (found - EQUAL).abs().sum(), np.nan),
        (measures.DETECTED, float(is_detected), np.nan),
    ]
    return [
        Row(measure, world.name, world.seed, ours=ours, naive=naive)
        for measure, ours, naive in distances
    ]


def churn_effect(world: PublishedWorld) -> list[Row]:
    """Coverage of the effects on leaving, and by how much they are drawn towards 0.

    An effect is against the average interviewer, and so is the truth here. The truth is of the
    last day, and of one candidate in one mood; what is published is the mean over an interviewer's
    whole time and over candidates, whose frailty and moods flatten it. The slope shows what both
    leave: 1 where the effect is as large as the truth but for noise, more where it is too small.
    """
    known = world.interviewers.dropna(subset=["churn_effect"])
    truth = known["staying_effect"] - known["staying_effect"].mean()
    covers = (known["churn_effect"] - truth).abs() < NORMAL_95 * known["churn_effect_se"]
    slope = known["churn_effect"].cov(truth) / known["churn_effect"].var()
    return [
        _coverage(measures.CHURN_COVERAGE, world, covers),
        Row(measures.CHURN_SLOPE, world.name, world.seed, ours=slope),
    ]


def quality_coverage(world: PublishedWorld) -> Row:
    """Coverage of the quality estimates, on the rating scale and under the published weights.

    One offset of the whole platform is taken off: who hands in a form rates higher, and the
    adjusted ratings stand for the trend's reference day; both move everybody alike.
    """
    known = world.interviewers.dropna(subset=["quality_estimate"])
    truth = sum(weight * known[f"{factor}_rating_now"] for factor, weight in world.weights.items())
    error = known["quality_estimate"] - truth
    covers = (error - error.mean()).abs() < NORMAL_95 * known["quality_sd"]
    return _coverage(measures.QUALITY_COVERAGE, world, covers)


def leaving_by_fifth(world: PublishedWorld) -> list[Row]:
    """Share who leave in the second half of time, by fifth of the score known before the session.

    The weights come from labels that were mature at half time, the edges of the fifths from the
    scores that interviewers had then: nothing of the second half's leaving is in either.
    """
    panel = world.leaving.sort_values(["session_start_at", "session_id"])
    half = panel["session_start_at"].iloc[len(panel) // 2]
    fit = fit_experience_weights(panel[panel["session_end_at"] < half - LABEL_TIME]).table
    score = sum(
        row.weight * panel[f"{row.factor}_past_mean"] for row in fit.itertuples(index=False)
    )
    is_later = panel["session_start_at"] >= half
    then = score[~is_later].groupby(panel["interviewer_id"]).last()
    fifth = np.searchsorted(then.quantile([0.2, 0.4, 0.6, 0.8]), score[is_later]) + 1
    left = panel.loc[is_later, "has_left"].astype(float).groupby(fifth)
    share, se = left.mean(), np.sqrt(left.var() / left.size())
    rows = [
        Row(measures.FIFTH_LEAVING.format(k), world.name, world.seed, ours=share[k], se=se[k])
        for k in share.index
    ]
    gap = Row(
        measures.FIFTH_GAP,
        world.name,
        world.seed,
        ours=share[1] - share[5],
        se=np.hypot(se[1], se[5]),
    )
    return [gap, *rows]


def _coverage(measure: str, world: PublishedWorld, covers: pd.Series) -> Row:
    share = float(covers.mean())
    se = np.sqrt(share * (1 - share) / len(covers))
    return Row(measure, world.name, world.seed, ours=share, se=se)
