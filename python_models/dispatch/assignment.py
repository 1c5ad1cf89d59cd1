"""Hands out a week's requests: newcomers by lottery, the rest by the posterior mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.dispatch.batch import Batch, batch_of, quality_of
from python_models.dispatch.best_matching import match_best
from python_models.dispatch.newcomer_lottery import Draws, draw_newcomers
from python_models.dispatch.offer_reasons import offers_of, unassigned_of
from python_models.dispatch.settings import DispatchSettings
from python_models.frames import FloatArray, IntArray

# Who is closer than this, as a share of the distance from best to worst, is ranked by chance.
_TIE = 1e-5


@dataclass(frozen=True)
class Assignment:
    """Every request stands in one of the two tables.

    Attributes
    ----------
    offers : pd.DataFrame
        One row per request that is served, in order of `request_id`: `request_id`,
        `candidate_id`, `interview_type`, `slot_start`, `interviewer_id`, `rank` (by posterior
        mean among those available there, 1 is best), `offer_probability`, `probability_is`
        (`exact`, `counted in replays` or `given the lottery`), `is_newcomer_share`, `is_repeat`
        and `reason`.
    unassigned : pd.DataFrame
        One row per request that is not: `request_id`, `interview_type`, `slot_start`, `reason`.
    """

    offers: pd.DataFrame
    unassigned: pd.DataFrame


def assign(
    requests: pd.DataFrame,
    availability: pd.DataFrame,
    interviewers: pd.DataFrame,
    settings: DispatchSettings | None = None,
    *,
    seed: int,
    pairings: pd.DataFrame | None = None,
) -> Assignment:
    """Match a week's requests to available interviewers.

    A share of the offers is drawn among newcomers (`newcomer_lottery`); all others go to the
    best posterior means that are free, as the optimum of the whole batch (`best_matching`), where
    newcomers take part by their rank. The same rows and seed give the same offers, whatever the
    order of the rows.

    The probability of a reserved offer is exact: the chance of this interviewer to be drawn for
    the type and slot, given the draws for earlier ones. That of a ranked offer is the share of
    `n_replays` + 1 runs of the batch, this one among them, in which ranking gives the interviewer
    the type and slot: chance comes from the lottery and from ties.

    Parameters
    ----------
    requests : pd.DataFrame
        `request_id`, `candidate_id`, `interview_type`, `slot_start` (an instant); slots of one
        week, Monday to Sunday in UTC.
    availability : pd.DataFrame
        `interviewer_id`, `interview_type`, `slot_start`: open slots. An interviewer open for
        several types at a slot gets one session.
    interviewers : pd.DataFrame
        `interviewer_id`, `quality_mean` and `quality_sd` (posterior, higher is better), `n_rated`
        (rated sessions), `n_this_week` and `most_per_week` (sessions already given, and the cap),
        `n_reserved_this_week` (reserved offers already given).
    settings : DispatchSettings, optional
        The rules; the platform's if left out.
    seed : int
        Decides the lottery and ties.
    pairings : pd.DataFrame, optional
        `candidate_id`, `interviewer_id` of earlier sessions, avoided where there is another way.

    Returns
    -------
    Assignment

    Raises
    ------
    ValueError
        If the input does not hold what is said above.
    """
    settings = settings or DispatchSettings()
    batch = batch_of(requests, availability, interviewers, pairings)
    chosen, draws = _run(batch, settings, seed, 0)
    probability = np.ones(len(chosen))
    if settings.n_replays:
        probability = _counted(batch, settings, seed, chosen)
    probability[draws.request] = draws.probability
    return Assignment(
        offers=offers_of(batch, chosen, draws, probability, has_replays=settings.n_replays > 0),
        unassigned=unassigned_of(batch, chosen),
    )


def _run(
    batch: Batch, settings: DispatchSettings, seed: int, replay: int
) -> tuple[IntArray, Draws]:
    rng = np.random.default_rng([seed, replay])
    draws = draw_newcomers(batch, settings, rng)
    drawn = np.full(len(batch.requests), -1, dtype=np.int64)
    drawn[draws.request] = draws.interviewer
    quality = quality_of(batch)
    value = (quality + _TIE * rng.random(len(quality))) / (1.0 + _TIE)
    return match_best(batch, value, drawn, rng), draws


def _counted(batch: Batch, settings: DispatchSettings, seed: int, chosen: IntArray) -> FloatArray:
    """Share of the runs in which ranking gives the interviewer the type and slot of the offer."""
    n_people = max(len(batch.interviewers), 1)
    offered = batch.request_block * n_people + chosen
    hits = np.ones(len(chosen))
    for replay in range(1, settings.n_replays + 1):
        again, draws = _run(batch, settings, seed, replay)
        is_ranked = again >= 0
        is_ranked[draws.request] = False
        hits += np.isin(offered, (batch.request_block * n_people + again)[is_ranked])
    return hits / (settings.n_replays + 1)
