"""Writes people and meetings as rows of the raw contract, and the truth about them apart."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import ndtr

from python_models.calibration.accuracy_score import accuracy_score
from python_models.simulation.identifiers import handles, opaque_ids
from python_models.simulation.judging import expected_ratings
from python_models.simulation.people import People, true_quality
from python_models.simulation.tables import instants, words
from python_models.simulation.world import EXPERIENCE_LEVELS, FACTORS, World

_TIERS = ("faang", "faang_adjacent", "other")
_MEETING_DAYS = 28.0
_ATTENDANCE_RATE = 0.92


def people_tables(world: World, people: People, rng: np.random.Generator) -> dict[str, pa.Table]:
    """The tables `interviewers` and `candidates`."""
    candidates = people.candidates
    signed_up = instants(world, candidates.signed_up)
    return {
        "interviewers": _interviewers(world, people, rng),
        "candidates": pa.table(
            {
                "candidate_id": opaque_ids("c", np.arange(world.n_candidates)),
                "signed_up_at": signed_up,
                "experience_level": words(EXPERIENCE_LEVELS, candidates.level),
                "loaded_at": signed_up,
            }
        ),
    }


def onboarding_tables(
    world: World, people: People, rng: np.random.Generator
) -> dict[str, pa.Table]:
    """Monthly meetings, and who came: most to the first since they joined, others to a later."""
    held = np.arange(_MEETING_DAYS, world.days, _MEETING_DAYS) + 0.7
    held = held[held < world.days]
    interviewers = people.interviewers
    meeting = np.searchsorted(held, np.maximum(interviewers.joined, 0.0))
    meeting += rng.geometric(_ATTENDANCE_RATE, world.n_interviewers) - 1
    came = meeting < len(held)
    came &= interviewers.left > held[np.minimum(meeting, len(held) - 1)] if len(held) else came
    who = np.flatnonzero(came)
    moment = instants(world, held)
    return {
        "onboarding_meetings": pa.table(
            {
                "meeting_id": opaque_ids("o", np.arange(len(held))),
                "held_at": moment,
                "loaded_at": moment,
            }
        ),
        "onboarding_attendance": pa.table(
            {
                "meeting_id": opaque_ids("o", meeting[who]),
                "interviewer_id": opaque_ids("i", who),
                "loaded_at": instants(world, held[meeting[who]]),
            }
        ),
    }


def truth_at_start(world: World, people: People) -> pd.DataFrame:
    """Each interviewer's true quality and bias before the first day."""
    interviewers = people.interviewers
    skill = interviewers.skill(world, 0.0)
    return pd.DataFrame(
        {"quality_start": true_quality(world, skill), "bias_start": interviewers.bias(world)}
    )


def truth_tables(world: World, people: People, at_start: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What is true at the world's last instant; no model may read it."""
    parameters = {key: str(value) for key, value in asdict(world).items()}
    return {
        "interviewers": _true_interviewers(world, people, at_start),
        "candidates": pd.DataFrame(
            {
                "candidate_id": opaque_ids("c", np.arange(world.n_candidates)).to_pandas(),
                "ability": people.candidates.ability,
                "leniency": people.candidates.leniency,
                "frailty": people.candidates.frailty,
            }
        ),
        "companies": pd.DataFrame(
            {
                "company_id": opaque_ids("k", np.arange(world.n_companies)).to_pandas(),
                "bar": people.bars,
            }
        ),
        "weights": pd.DataFrame({"factor": FACTORS, "weight": world.leaving_weights}),
        "world": pd.DataFrame({"parameter": list(parameters), "value": list(parameters.values())}),
    }


def _true_interviewers(world: World, people: People, at_start: pd.DataFrame) -> pd.DataFrame:
    interviewers = people.interviewers
    skill, bias = interviewers.skill(world, world.days), interviewers.bias(world)
    quality = true_quality(world, skill)
    score = accuracy_score(ndtr(bias / interviewers.noise))
    truth = pd.DataFrame(
        {
            "interviewer_id": opaque_ids("i", np.arange(world.n_interviewers)).to_pandas(),
            "quality_now": quality,
            "staying_effect": world.quality_leaving * quality,
            "bias_now": bias,
            "judgement_noise": interviewers.noise,
            "accuracy_score_raw": score,
            "accuracy_score": np.round(score).astype(int),
            "n_mocks_held": interviewers.n_held,
        }
    )
    factors = pd.DataFrame(skill, columns=[f"{factor}_skill" for factor in FACTORS])
    ratings = pd.DataFrame(
        expected_ratings(world, skill, world.days),
        columns=[f"{factor}_rating_now" for factor in FACTORS],
    )
    return pd.concat([truth, factors, ratings, at_start], axis=1)


def _interviewers(world: World, people: People, rng: np.random.Generator) -> pa.Table:
    interviewers = people.interviewers
    n = world.n_interviewers
    joined = pa.table(
        {
            "interviewer_id": opaque_ids("i", np.arange(n)),
            "handle": pa.array(handles(n, rng)),
            "joined_at": instants(world, interviewers.joined),
            "left_at": pa.nulls(n, pa.timestamp("us", tz="UTC")),
            "employer_tier": words(_TIERS, interviewers.tier),
            "years_experience": pa.array(interviewers.years_experience, pa.int16()),
            "interviews_conducted": pa.array(interviewers.interviews_before, pa.int32()),
            "loaded_at": instants(world, interviewers.joined),
        }
    )
    # A departure is a second version: nobody may know of it before it happens.
    gone = np.flatnonzero(interviewers.left < world.days)
    left = instants(world, interviewers.left[gone])
    departed = joined.take(pa.array(gone))
    for column in ("left_at", "loaded_at"):
        place = departed.schema.get_field_index(column)
        departed = departed.set_column(place, column, left)
    return pa.concat_tables([joined, departed]).combine_chunks()
