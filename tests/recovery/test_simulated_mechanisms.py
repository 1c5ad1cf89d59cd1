"""Each mechanism of the simulated platform is off at zero and shows when it is on."""

from dataclasses import replace
from functools import lru_cache

import pandas as pd
import pytest

from python_models.simulation import WORLDS, Platform, World, simulate
from python_models.simulation.figures import held_sessions, rated_sessions

SMALL = replace(WORLDS["few"], name="small", n_candidates=1_500, weeks=60)


@lru_cache(maxsize=2)
def platform(world: World) -> Platform:
    return simulate(world, 1)


def frames(world: World) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in platform(world).tables.items()}


def mock_ratings(world: World) -> pd.DataFrame:
    tables = frames(world)
    return rated_sessions(tables, held_sessions(tables))


def _halo(world: World) -> float:
    verdicts = frames(world)["interviewer_feedback"][["session_id", "would_advance"]]
    by_verdict = mock_ratings(world).merge(verdicts, on="session_id")
    means = by_verdict.groupby("would_advance")["rating"].mean()
    return abs(means[True] - means[False])


def _matching(world: World) -> float:
    truth = platform(world).truth
    met = frames(world)["sessions"].dropna(subset=["interviewer_id"])
    quality = truth["interviewers"].set_index("interviewer_id")["quality_now"]
    frailty = truth["candidates"].set_index("candidate_id")["frailty"]
    return abs(met["interviewer_id"].map(quality).corr(met["candidate_id"].map(frailty)))


def _skill_change(world: World) -> float:
    truth = platform(world).truth["interviewers"]
    return (truth["quality_now"] - truth["quality_start"]).abs().max()


def _bias_change(world: World) -> float:
    truth = platform(world).truth["interviewers"]
    return (truth["bias_now"] - truth["bias_start"]).abs().max()


def _inflation(world: World) -> float:
    rated = mock_ratings(world)
    is_late = rated["ended_at"] > rated["ended_at"].median()
    return abs(rated.loc[is_late, "rating"].mean() - rated.loc[~is_late, "rating"].mean())


def _returns(world: World) -> float:
    held = held_sessions(frames(world))
    previous = held.groupby("candidate_id")["ended_at"].shift(1)
    return float((held["started_at"] - previous > pd.Timedelta(days=60)).sum())


def _late_forms(world: World) -> float:
    rated = mock_ratings(world)
    return float((rated["submitted_at"] - rated["ended_at"] > pd.Timedelta(days=3.1)).mean())


def _comments(world: World) -> float:
    return float(frames(world)["candidate_feedback"]["comment"].notna().mean())


def _corrections(world: World) -> float:
    return float(frames(world)["candidate_feedback"]["session_id"].duplicated().sum())


def _rows(table: str):
    return lambda world: float(len(frames(world)[table]))


def _declines(world: World) -> float:
    return float((~frames(world)["offers"]["accepted"]).mean())


def _waiting(world: World) -> float:
    tables = frames(world)
    is_asked = tables["booking_requests"]["request_id"].isin(tables["offers"]["request_id"])
    return float((~is_asked).sum())


STILL = {"skill_drift_share": 0.0, "learning_gain": 0.0, "abrupt_share": 0.0, "bias_sd": 0.0}


@pytest.mark.parametrize(
    ("measure", "settings", "parameter", "strong", "at_most", "at_least"),
    [
        (_halo, STILL, "halo", 1.0, 0.04, 0.2),
        (_matching, STILL, "matching", 0.8, 0.08, 0.3),
        (_skill_change, STILL, "skill_drift_share", 0.5, 1e-12, 0.5),
        (_skill_change, STILL, "learning_gain", 0.5, 1e-12, 0.2),
        (_skill_change, STILL, "abrupt_share", 0.5, 1e-12, 0.5),
        (_bias_change, {}, "bias_drift_share", 0.5, 1e-12, 0.3),
        (_inflation, STILL, "inflation_per_year", 1.0, 0.05, 0.1),
        (_returns, {"weeks": 100}, "return_prob", 0.9, 0.0, 5.0),
        (_late_forms, {}, "late_rate", 0.3, 0.0, 0.15),
        (_comments, {}, "comment_rate", 0.5, 0.0, 0.4),
        (_corrections, {}, "correction_rate", 0.1, 0.0, 50.0),
        (_declines, {}, "decline_rate", 0.5, 0.0, 0.3),
        (_waiting, {}, "waiting_rate", 2.0, 0.0, 20.0),
        (_rows("excused_ratings"), {}, "excused_rate", 0.1, 0.0, 50.0),
        (_rows("standing_decisions"), {}, "decision_share", 0.5, 0.0, 20.0),
        (_rows("erasure_requests"), {}, "erasure_rate", 0.1, 0.0, 20.0),
        (_rows("booking_requests"), {}, "scheduling_weeks", 8.0, 100.0, 250.0),
    ],
)
def test_mechanism_is_off_at_zero_and_shows_when_on(
    measure, settings, parameter, strong, at_most, at_least
):
    still = replace(SMALL, **settings)
    assert measure(replace(still, **{parameter: 0.0})) <= at_most
    assert measure(replace(still, **{parameter: strong})) >= at_least


def test_missing_feedback_departures_and_bias_can_be_switched_off():
    world = replace(
        SMALL, feedback_rate=1.0, late_rate=0.0, item_missing_rate=0.0, departure_rate=0.0,
        bias_sd=0.0,
    )  # fmt: skip
    tables = frames(world)
    held = held_sessions(tables)
    early = held[held["ended_at"] < held["ended_at"].max() - pd.Timedelta(days=3.5)]
    mocks = early.loc[early["kind"] == "mock", "session_id"]
    assert mocks.isin(tables["candidate_feedback"]["session_id"]).all()
    assert not tables["candidate_feedback"].drop(columns="comment").isna().any().any()
    assert tables["interviewers"]["left_at"].isna().all()
    assert (platform(world).truth["interviewers"]["accuracy_score"] == 0).all()
