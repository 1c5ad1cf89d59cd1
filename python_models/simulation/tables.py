"""Writes sessions as rows of the raw contract's tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from python_models.simulation.identifiers import opaque_ids
from python_models.simulation.journeys import STATUSES, SessionBatch
from python_models.simulation.people import Floats
from python_models.simulation.world import FACTORS, INTERVIEW_TYPES, World

_INSTANT = pa.timestamp("us", tz="UTC")
_MINUTE = 1.0 / 1440.0
_HOUR = 1.0 / 24.0
_LATE_DAYS = 12.0
_NPS_RATE = 0.05


def instants(world: World, days: Floats) -> pa.Array:
    """Days since the start as instants, to the second; null where not finite."""
    is_known = np.isfinite(days)
    seconds = np.round(np.where(is_known, days, 0.0) * 86_400.0).astype(np.int64)
    micros = (seconds + round(world.start.timestamp())) * 1_000_000
    return pa.array(micros, mask=~is_known).cast(_INSTANT)


def words(choices: Sequence[str], codes: np.ndarray) -> pa.Array:
    """Text for each code."""
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(choices)).cast(pa.string())


def session_tables(
    world: World, batch: SessionBatch, rng: np.random.Generator
) -> dict[str, pa.Table]:
    """Rows of all tables that one batch of sessions leaves behind.

    Rows that the warehouse could not know at the world's last instant are left out.
    """
    n = len(batch.number)
    started = batch.scheduled + 8.0 * _MINUTE * rng.random(n) ** 2
    ended = started + _MINUTE * (45.0 + 30.0 * rng.random(n))
    return {
        "sessions": _sessions(world, batch, started, ended, rng),
        "candidate_feedback": _candidate_feedback(world, batch, ended, rng),
        "interviewer_feedback": _interviewer_feedback(world, batch, ended, rng),
        "hiring_decisions": _hiring_decisions(world, batch, ended, rng),
        "nps_responses": _nps_responses(world, batch, ended, rng),
    }


def _sessions(
    world: World, batch: SessionBatch, started: Floats, ended: Floats, rng: np.random.Generator
) -> pa.Table:
    done = batch.is_completed
    # What lies ahead was booked within the last day; what fell through shows at its hour.
    booked = world.days - rng.random(len(ended))
    known = np.where(done, ended, np.minimum(batch.scheduled, booked))
    return pa.table(
        {
            "session_id": opaque_ids("s", batch.number),
            "kind": words(("mock", "real"), batch.is_real.astype(np.int8)),
            "interview_type": words(INTERVIEW_TYPES, batch.interview_type),
            "interviewer_id": opaque_ids("i", batch.interviewer),
            "candidate_id": opaque_ids("c", batch.candidate),
            "company_id": opaque_ids("k", batch.company),
            "scheduled_at": instants(world, batch.scheduled),
            "started_at": instants(world, np.where(done, started, np.nan)),
            "ended_at": instants(world, np.where(done, ended, np.nan)),
            "status": words(STATUSES, batch.status),
            "loaded_at": instants(world, known),
        }
    )


def _candidate_feedback(
    world: World, batch: SessionBatch, ended: Floats, rng: np.random.Generator
) -> pa.Table:
    n = len(ended)
    delay = np.minimum(rng.exponential(8.0 * _HOUR, n), 3.0)
    is_late = rng.random(n) < world.late_rate
    submitted = ended + delay + np.where(is_late, rng.exponential(_LATE_DAYS, n), 0.0)
    is_missing = rng.random((n, len(FACTORS))) < world.item_missing_rate
    kept = np.flatnonzero(batch.is_rated & (submitted < world.days))
    items = {
        factor: pa.array(batch.ratings.items[kept, k], pa.int16(), mask=is_missing[kept, k])
        for k, factor in enumerate(FACTORS)
    }
    moment = instants(world, submitted[kept])
    session_id = opaque_ids("s", batch.number[kept])
    return pa.table(
        {"session_id": session_id, "submitted_at": moment, **items, "loaded_at": moment}
    )


def _interviewer_feedback(
    world: World, batch: SessionBatch, ended: Floats, rng: np.random.Generator
) -> pa.Table:
    n = len(ended)
    submitted = ended + np.minimum(rng.exponential(3.0 * _HOUR, n), 2.0)
    is_filled = batch.is_completed & (rng.random(n) < world.interviewer_form_rate)
    kept = np.flatnonzero(is_filled & (submitted < world.days))
    verdicts, moment = batch.verdicts, instants(world, submitted[kept])
    return pa.table(
        {
            "session_id": opaque_ids("s", batch.number[kept]),
            "submitted_at": moment,
            "would_advance": pa.array(verdicts.would_advance[kept]),
            "technical": pa.array(verdicts.technical[kept], pa.int16()),
            "problem_solving": pa.array(verdicts.problem_solving[kept], pa.int16()),
            "communication": pa.array(verdicts.communication[kept], pa.int16()),
            "loaded_at": moment,
        }
    )


def _hiring_decisions(
    world: World, batch: SessionBatch, ended: Floats, rng: np.random.Generator
) -> pa.Table:
    decided = ended + 1.0 + rng.gamma(2.0, 2.0, len(ended))
    kept = np.flatnonzero(batch.is_real & batch.is_completed & (decided < world.days))
    moment = instants(world, decided[kept])
    return pa.table(
        {
            "session_id": opaque_ids("s", batch.number[kept]),
            "decided_at": moment,
            "advanced": pa.array(batch.verdicts.would_advance[kept]),
            "loaded_at": moment,
        }
    )


def _nps_responses(
    world: World, batch: SessionBatch, ended: Floats, rng: np.random.Generator
) -> pa.Table:
    n = len(ended)
    responded = ended + 0.5 + 3.0 * rng.random(n)
    is_asked = batch.is_completed & ~batch.is_real & (rng.random(n) < _NPS_RATE)
    kept = np.flatnonzero(is_asked & (responded < world.days))
    liking = 8.3 + 1.8 * batch.ratings.latent[kept] + 1.2 * rng.standard_normal(len(kept))
    moment = instants(world, responded[kept])
    return pa.table(
        {
            "response_id": opaque_ids("n", batch.number[kept]),
            "candidate_id": opaque_ids("c", batch.candidate[kept]),
            "responded_at": moment,
            "score": pa.array(np.clip(np.round(liking), 0, 10), pa.int16()),
            "loaded_at": moment,
        }
    )
