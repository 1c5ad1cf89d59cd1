"""What people add: comments on forms, excuses, decisions on standing, wishes to be forgotten."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_models.simulation.identifiers import opaque_ids
from python_models.simulation.people import Floats, People, true_quality
from python_models.simulation.tables import instants
from python_models.simulation.world import FACTORS, World

# As people write: line breaks, quotes, separators, other alphabets.
_COMMENTS = (
    "Great session, thank you!",
    "Clear questions, and the hints came at the right time.",
    'She said "take your time", and meant it.',
    "We lost ten minutes to audio problems.\nStill useful.",
    "Très bonne discussion, merci beaucoup.",
    "The problem was too easy; I would have liked more depth, and more time.",
    "很好的面试官",
    "Felt rushed towards the end.",
    "Did not give me room to think :-(",
    "Explained the expected solution, complexity included; very kind.",
    "Hints gave the answer away.",
    "No complaints.",
)
_EXCUSES = (
    "technical_failure",
    "wrong_interview_type",
    "emergency",
    "misdirected_form",
    "abusive_feedback",
)
_DECISIONS = ("outreach", "warn", "pause", "reinstate")
_REASON = "Ratings below the line over several weeks"
_INSTANT = pa.timestamp("us", tz="UTC")


def with_remarks(
    world: World, tables: dict[str, pa.Table], rng: np.random.Generator
) -> dict[str, pa.Table]:
    """Add comments and corrections to the forms of a block, and excuse some of its ratings.

    Parameters
    ----------
    world : World
        `comment_rate`, `correction_rate`, `excused_rate`.
    tables : dict of str to pyarrow.Table
        Of one batch of sessions.
    rng : numpy.random.Generator
        A stream of its own: no other draw changes.
    """
    forms = _commented(tables["candidate_feedback"], world.comment_rate, rng)
    excused = _excused(world, forms, rng)
    return tables | {
        "candidate_feedback": _corrected(world, forms, rng),
        "interviewer_feedback": _commented(tables["interviewer_feedback"], world.comment_rate, rng),
        "excused_ratings": excused,
    }


def _commented(forms: pa.Table, rate: float, rng: np.random.Generator) -> pa.Table:
    n = forms.num_rows
    codes = rng.integers(0, len(_COMMENTS), n)
    said = pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=rng.random(n) >= rate), pa.array(_COMMENTS)
    ).cast(pa.string())
    return forms.add_column(forms.num_columns - 1, "comment", said)


def _later(world: World, moment: pa.ChunkedArray, days: Floats) -> tuple[pa.Array, np.ndarray]:
    """Instants some days on, and which of them the platform has seen."""
    micros = pc.cast(moment, pa.int64()).to_numpy() + (days * 86_400e6).astype(np.int64)
    end = round((world.start.timestamp() + world.days * 86_400) * 1e6)
    return pa.array(micros).cast(_INSTANT), micros < end


def _corrected(world: World, forms: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Append second versions in which somebody put one answer right, days later."""
    chosen = np.flatnonzero(rng.random(forms.num_rows) < world.correction_rate)
    later, is_seen = _later(
        world, forms["loaded_at"].take(pa.array(chosen)), 0.1 + rng.exponential(4.0, len(chosen))
    )
    chosen, later = chosen[is_seen], later.filter(pa.array(is_seen))
    if not len(chosen):
        return forms
    second = forms.take(pa.array(chosen))
    item = FACTORS[-1]
    given = pc.fill_null(second[item], 1).to_numpy()
    other = pa.array((given % 4 + 1).astype(np.int16))
    for name, values in ((item, other), ("loaded_at", later)):
        second = second.set_column(second.schema.get_field_index(name), name, values)
    return pa.concat_tables([forms, second]).combine_chunks()


def _excused(world: World, forms: pa.Table, rng: np.random.Generator) -> pa.Table:
    chosen = np.flatnonzero(rng.random(forms.num_rows) < world.excused_rate)
    later, is_seen = _later(
        world, forms["loaded_at"].take(pa.array(chosen)), 0.5 + rng.exponential(2.0, len(chosen))
    )
    codes = rng.integers(0, len(_EXCUSES), len(chosen))[is_seen]
    reasons = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(_EXCUSES))
    moment = later.filter(pa.array(is_seen))
    return pa.table(
        {
            "session_id": forms["session_id"].take(pa.array(chosen[is_seen])).combine_chunks(),
            "reason_code": reasons.cast(pa.string()),
            "decided_by": pa.array(["ops"] * len(codes), pa.string()),
            "decided_at": moment,
            "loaded_at": moment,
        }
    )


def decision_tables(world: World, people: People, rng: np.random.Generator) -> dict[str, pa.Table]:
    """The tables `standing_decisions` (about the weakest) and `erasure_requests`."""
    interviewers = people.interviewers
    quality = true_quality(world, interviewers.skill(world, world.days))
    n_decided = round(world.decision_share * world.n_interviewers)
    weakest = np.argsort(quality, kind="stable")[:n_decided]
    stayed = np.minimum(interviewers.left[weakest], world.days)
    since = np.maximum(interviewers.joined[weakest], 0.0)
    weakest = weakest[stayed - since > 7.0]
    since, stayed = since[stayed - since > 7.0], stayed[stayed - since > 7.0]
    # One step after the other, as far as the person got.
    n_steps = rng.integers(1, len(_DECISIONS) + 1, len(weakest))
    of = np.repeat(np.arange(len(weakest)), n_steps)
    step = np.arange(len(of)) - np.repeat(np.cumsum(n_steps) - n_steps, n_steps)
    share = (step + rng.random(len(of))) / len(_DECISIONS)
    decided = instants(world, since[of] + share * (stayed - since)[of] * 0.99)
    return {
        "standing_decisions": pa.table(
            {
                "decision_id": opaque_ids("d", np.arange(len(of))),
                "interviewer_id": opaque_ids("i", weakest[of]),
                "decision": pa.array(np.asarray(_DECISIONS, object)[step], pa.string()),
                "decided_by": pa.array(["ops"] * len(of), pa.string()),
                "decided_at": decided,
                "reason": pa.array([_REASON] * len(of), pa.string()),
                "loaded_at": decided,
            }
        ),
        "erasure_requests": _erasures(world, people, rng),
    }


def _erasures(world: World, people: People, rng: np.random.Generator) -> pa.Table:
    signed_up = people.candidates.signed_up
    who = np.flatnonzero(rng.random(len(signed_up)) < world.erasure_rate)
    who = who[signed_up[who] < world.days - 1.0]
    asked = signed_up[who] + rng.random(len(who)) * (world.days - 1.0 - signed_up[who])
    moment = instants(world, asked)
    return pa.table(
        {
            "candidate_id": opaque_ids("c", who),
            "requested_at": moment,
            "loaded_at": moment,
        }
    )
