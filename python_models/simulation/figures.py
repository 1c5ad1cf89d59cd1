"""The figures by which a simulated platform is held to the facts of the case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.simulation.platform import Platform
from python_models.simulation.world import FACTORS

_LEAVING_TIME = pd.Timedelta(days=60)
_OUTCOME_TIME = pd.Timedelta(days=180)
_WINDOW = 30
_FEWEST_RATED = 5
_VETERAN_SESSIONS = 100
_RECENT_TIME = pd.Timedelta(weeks=26)
_OVER_POSITIVE_SCORE = 2
_PRIOR_RATINGS = 8.0
_FEWEST_RATINGS = 10
_FEWEST_INTERVIEWERS = 10


@dataclass(frozen=True)
class CalibrationFigures:
    """What the raw tables of a platform say, naively.

    Attributes
    ----------
    top_rating_share : float
        Rating items at the top of the scale.
    bottom_fifth_leaving, top_fifth_leaving : float
        Share of candidates who leave, after interviewers ranked on past sessions alone.
    lookback_5_to_100, lookback_30_to_100 : float
        Correlation of the mean of the last k with the next rating, against that of the last 100.
    company_pass_rate : float
        Real interviews in which the company advances the candidate.
    over_positive_yes_rate, over_positive_pass_rate : float
        Mocks of truly over-positive interviewers with a later outcome: their yes, companies' yes.
    peak_accuracy_score : int
        True accuracy score with the highest mean rating.
    top_fifth_session_share : float
        Mock sessions of the last half year held by the fifth rated best before it.
    n_mock, n_real : int
        Sessions that took place.
    """

    top_rating_share: float
    bottom_fifth_leaving: float
    top_fifth_leaving: float
    lookback_5_to_100: float
    lookback_30_to_100: float
    company_pass_rate: float
    over_positive_yes_rate: float
    over_positive_pass_rate: float
    peak_accuracy_score: int
    top_fifth_session_share: float
    n_mock: int
    n_real: int


def calibration_figures(platform: Platform) -> CalibrationFigures:
    """Compute the figures of a platform from its tables and, where they say so, its truth."""
    frames = {name: table.to_pandas() for name, table in platform.tables.items()}
    held = held_sessions(frames)
    rated = rated_sessions(frames, held)
    leaving = leaving_by_past_score(held, rated)
    correlation = lookback_correlations(rated, (5, 30, 100))
    yes_rate, pass_rate = _over_positive(frames, held, platform.truth["interviewers"])
    items = rated[list(FACTORS)].to_numpy(float)
    return CalibrationFigures(
        top_rating_share=float(np.nanmean(np.where(np.isnan(items), np.nan, items == 4))),
        bottom_fifth_leaving=float(leaving.iloc[0]),
        top_fifth_leaving=float(leaving.iloc[-1]),
        lookback_5_to_100=correlation[5] / correlation[100],
        lookback_30_to_100=correlation[30] / correlation[100],
        company_pass_rate=float(frames["hiring_decisions"]["advanced"].mean()),
        over_positive_yes_rate=yes_rate,
        over_positive_pass_rate=pass_rate,
        peak_accuracy_score=_peak(rated, platform.truth["interviewers"]),
        top_fifth_session_share=_top_fifth_share(frames, held),
        n_mock=int((held["kind"] == "mock").sum()),
        n_real=int((held["kind"] == "real").sum()),
    )


def held_sessions(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Completed sessions in order, with `has_left`: null while immature, or where ready (A1)."""
    sessions = frames["sessions"]
    held = sessions[sessions["status"] == "completed"].sort_values(["ended_at", "session_id"])
    following = held.groupby("candidate_id")["started_at"].shift(-1)
    has_left = (~(following - held["ended_at"] <= _LEAVING_TIME)).astype(float)
    is_immature = held["ended_at"] > frames["sessions"]["loaded_at"].max() - _LEAVING_TIME
    advanced = frames["hiring_decisions"].query("advanced")[["session_id", "decided_at"]]
    advanced = advanced.merge(sessions[["session_id", "candidate_id"]], on="session_id")
    next_advance = pd.merge_asof(
        held[["ended_at", "candidate_id"]],
        advanced[["decided_at", "candidate_id"]].sort_values("decided_at"),
        left_on="ended_at",
        right_on="decided_at",
        by="candidate_id",
        direction="forward",
        tolerance=_LEAVING_TIME,
    )
    is_ready = next_advance["decided_at"].notna().to_numpy()
    return held.assign(has_left=has_left.mask(is_immature | is_ready))


def rated_sessions(frames: dict[str, pd.DataFrame], held: pd.DataFrame) -> pd.DataFrame:
    """Rated sessions in order, with `rating` (mean of items), `n_past` and `past_score`."""
    rated = held.merge(frames["candidate_feedback"].drop(columns=["loaded_at"]), on="session_id")
    rated = rated.assign(rating=rated[list(FACTORS)].astype(float).mean(axis=1))
    by_interviewer = rated.groupby("interviewer_id", sort=False)["rating"]
    score = by_interviewer.transform(
        lambda ratings: ratings.rolling(_WINDOW, min_periods=_FEWEST_RATED).mean()
    )
    return rated.assign(score=score, n_past=by_interviewer.cumcount())


def leaving_by_past_score(held: pd.DataFrame, rated: pd.DataFrame) -> pd.Series:
    """Share who leave in the second half of time, by fifth of the score on past sessions.

    The edges of the fifths are those of the interviewers' scores at half time.
    """
    half = held["ended_at"].iloc[len(held) // 2]
    known = rated.dropna(subset=["score"])
    edges = known[known["ended_at"] < half].groupby("interviewer_id")["score"].last()
    later = held[(held["ended_at"] >= half) & (held["kind"] == "mock")].dropna(subset=["has_left"])
    scored = pd.merge_asof(
        later.sort_values("started_at"),
        known[["submitted_at", "interviewer_id", "score"]].sort_values("submitted_at"),
        left_on="started_at",
        right_on="submitted_at",
        by="interviewer_id",
    ).dropna(subset=["score"])
    fifth = np.searchsorted(edges.quantile([0.2, 0.4, 0.6, 0.8]), scored["score"])
    return scored.groupby(fifth)["has_left"].mean()


def lookback_correlations(rated: pd.DataFrame, windows: tuple[int, ...]) -> dict[int, float]:
    """Correlation of the mean of the last k ratings with the next, on the same test rows.

    Only rows of veterans count, so that a longer window never means other people.
    """
    by_interviewer = rated.groupby("interviewer_id", sort=False)["rating"]
    is_test = rated["n_past"] >= _VETERAN_SESSIONS
    correlations = {}
    for window in windows:
        past = by_interviewer.transform(lambda r, k=window: r.rolling(k).mean().shift(1))
        correlations[window] = float(past[is_test].corr(rated.loc[is_test, "rating"]))
    return correlations


def _over_positive(
    frames: dict[str, pd.DataFrame], held: pd.DataFrame, truth: pd.DataFrame
) -> tuple[float, float]:
    lenient = truth.loc[truth["accuracy_score"] >= _OVER_POSITIVE_SCORE, "interviewer_id"]
    mocks = held[held["interviewer_id"].isin(lenient)]
    verdicts = frames["interviewer_feedback"][["session_id", "would_advance"]]
    mocks = mocks.merge(verdicts, on="session_id")
    real = held.merge(frames["hiring_decisions"][["session_id", "advanced"]], on="session_id")
    pairs = mocks[["session_id", "candidate_id", "ended_at", "would_advance"]].merge(
        real[["candidate_id", "started_at", "advanced"]], on="candidate_id"
    )
    wait = pairs["started_at"] - pairs["ended_at"]
    pairs = pairs[(wait > pd.Timedelta(0)) & (wait <= _OUTCOME_TIME)]
    by_mock = pairs.groupby("session_id")[["would_advance", "advanced"]].mean()
    return float(by_mock["would_advance"].mean()), float(by_mock["advanced"].mean())


def _peak(rated: pd.DataFrame, truth: pd.DataFrame) -> int:
    people = rated.groupby("interviewer_id")["rating"].agg(["mean", "size"])
    people = people[people["size"] >= _FEWEST_RATINGS].join(
        truth.set_index("interviewer_id")["accuracy_score"]
    )
    by_score = people.groupby("accuracy_score")["mean"].agg(["mean", "size"])
    by_score = by_score[by_score["size"] >= _FEWEST_INTERVIEWERS]
    return int(by_score.index.to_numpy()[int(by_score["mean"].to_numpy().argmax())])


def _top_fifth_share(frames: dict[str, pd.DataFrame], held: pd.DataFrame) -> float:
    since = held["ended_at"].max() - _RECENT_TIME
    rated = rated_sessions(frames, held[held["ended_at"] < since])
    by_person = rated.groupby("interviewer_id")["rating"].agg(["sum", "size"])
    # A few lucky sessions do not make a top interviewer: means are shrunken before ranking.
    overall = rated["rating"].mean()
    score = (by_person["sum"] + _PRIOR_RATINGS * overall) / (by_person["size"] + _PRIOR_RATINGS)
    people = frames["interviewers"]
    gone = people.loc[people["left_at"] < since, "interviewer_id"]
    score = score[~score.index.isin(gone) & (by_person["size"] >= _FEWEST_RATED)]
    top = score.index[score >= score.quantile(0.8)]
    recent = held[(held["ended_at"] >= since) & (held["kind"] == "mock")]
    return float(recent["interviewer_id"].isin(top).mean())
