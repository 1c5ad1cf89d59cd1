"""Who is below the line, from a simulated platform's ratings: what SQL computes, in pandas.

For tests that change every rating of a platform and ask who is flagged then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from leaving_panels import labelled_mocks

from python_models.experience.rating_components import fit_rating_components
from python_models.policy.churn_line import fit_churn_line
from python_models.policy.window_posterior import RatingScale, below_prob, window_weights
from python_models.simulation import Platform
from python_models.simulation.figures import held_sessions, rated_sessions
from python_models.simulation.world import FACTORS

LOOKBACK, FEWEST_RATED, FLAG_PROB = 30, 5, 0.5
WEEK = pd.Timedelta(weeks=1)


@dataclass(frozen=True)
class RatedPlatform:
    """Released forms with their answers, and the mocks whose candidates have left or stayed.

    Attributes
    ----------
    forms
        One row per form: session, interviewer, candidate, verdict, answers, `submitted_at`.
    mocks
        One row per labelled mock: session, interviewer, `started_at`, `has_left`.
    """

    forms: pd.DataFrame
    mocks: pd.DataFrame


@dataclass(frozen=True)
class Flags:
    """The line, and each published interviewer's window against it, by interviewer.

    Attributes
    ----------
    line
        On the rating scale.
    prob
        Of being below it.
    raw_mean
        Plain mean of the window's raw ratings.
    """

    line: float
    prob: pd.Series
    raw_mean: pd.Series

    @property
    def is_flagged(self) -> pd.Series:
        """Whether one is more likely below the line than not."""
        return self.prob > FLAG_PROB


def read_platform(platform: Platform) -> RatedPlatform:
    """Take from a platform what a line needs."""
    tables = {name: table.to_pandas() for name, table in platform.tables.items()}
    held = held_sessions(tables)
    verdicts = tables["interviewer_feedback"][["session_id", "would_advance"]]
    verdicts = verdicts.drop_duplicates("session_id", keep="last")
    forms = rated_sessions(tables, held).merge(verdicts, on="session_id", how="left")
    forms = forms.assign(
        verdict=forms["would_advance"].map({True: "yes", False: "no"}).fillna("none")
    ).sort_values(["interviewer_id", "submitted_at", "session_id"], ignore_index=True)
    return RatedPlatform(forms, labelled_mocks(tables))


def flags(rated: RatedPlatform, answers: np.ndarray) -> Flags:
    """Fit components and line to answers, and hold every interviewer's window against the line.

    Equal weights; leaving is expected to be the same in all sessions.

    Parameters
    ----------
    rated
        The platform.
    answers
        Forms by factors, in the place of the platform's own; NaN where a question is left open.
    """
    forms = rated.forms.assign(raw=np.nanmean(answers, axis=1))
    scale, adjusted = _adjusted(forms)
    forms = forms.assign(adjusted=adjusted)
    mocks = rated.mocks
    last = _known(forms, mocks["interviewer_id"], mocks["started_at"])
    is_used = last.to_numpy() >= FEWEST_RATED
    mocks, window = mocks[is_used], _windows(forms, mocks["interviewer_id"][is_used], last[is_used])
    mean, error = _means(forms, *window, scale)
    share = scale.between_variance / (scale.between_variance + error)
    panel = mocks[["session_id", "interviewer_id", "has_left"]].assign(
        past_quality=scale.mean + share * (mean - scale.mean),
        leave_prob=mocks["has_left"].astype(float).mean(),
    )
    found = fit_churn_line(panel).table.set_index("measure")["estimate"]
    return _against(float(found.get("line", np.nan)), forms, scale)


def _adjusted(forms: pd.DataFrame) -> tuple[RatingScale, np.ndarray]:
    """The scale of quality, and ratings less halo, trend and leniency (A3)."""
    panel = forms[["session_id", "interviewer_id", "verdict", "ended_at"]].assign(
        candidate_key=forms["candidate_id"], rating=forms["raw"]
    )
    table = fit_rating_components(panel).table.set_index(["component", "level"])
    effects = table["value"].loc["interviewer"]
    part, part_se = (table[name].xs("", level="level") for name in ("value", "value_se"))
    effect = forms["interviewer_id"].map(effects).fillna(0.0).to_numpy()
    verdict = forms["verdict"].map({"yes": 1.0, "no": 0.0}).fillna(part["mean_verdict"])
    day = (forms["ended_at"] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    expected = part["halo"] * (verdict - part["mean_verdict"])
    expected += part["trend"] * (day - part["reference_day"]) / 365.25
    residual = forms["raw"] - part["mean"] - expected - effect
    ratio = part["residual_variance"] / part["candidate_variance"]
    of_candidate = residual.groupby(forms["candidate_id"])
    leniency = of_candidate.transform("sum") / (of_candidate.transform("size") + ratio)
    sure = part["drift_variance"] - part_se["drift_variance"]
    scale = RatingScale(
        mean=part["mean"],
        between_variance=part["interviewer_variance"],
        noise_variance=part["adjusted_variance"],
        drift_variance=part["drift_variance"],
        sure_drift_variance=max(0.0 if np.isnan(sure) else sure, 0.0),
    )
    return scale, (forms["raw"] - expected - leniency).to_numpy()


def _known(forms: pd.DataFrame, who: pd.Series, when: pd.Series) -> pd.Series:
    """How many forms about each interviewer had come in before an instant."""
    asked = pd.DataFrame({"interviewer_id": who, "submitted_at": when, "row": np.arange(len(who))})
    numbered = forms[["interviewer_id", "submitted_at"]].assign(
        n=forms.groupby("interviewer_id").cumcount() + 1
    )
    found = pd.merge_asof(
        asked.sort_values("submitted_at"),
        numbered.sort_values("submitted_at", kind="stable"),
        on="submitted_at",
        by="interviewer_id",
        allow_exact_matches=False,
    ).sort_values("row")
    return pd.Series(found["n"].fillna(0).astype(int).to_numpy(), index=who.index)


def _windows(
    forms: pd.DataFrame, who: pd.Series, n_known: pd.Series
) -> tuple[np.ndarray, np.ndarray]:
    """Places of the last forms, newest first, and which of them are held."""
    start = forms.groupby("interviewer_id").cumcount().eq(0)
    first = pd.Series(np.flatnonzero(start), index=forms["interviewer_id"][start])
    back = np.arange(LOOKBACK)
    places = (first.loc[who].to_numpy() + n_known.to_numpy())[:, None] - 1 - back
    is_held = back < n_known.to_numpy()[:, None]
    return np.where(is_held, places, 0), is_held


def _means(
    forms: pd.DataFrame, places: np.ndarray, is_held: np.ndarray, scale: RatingScale
) -> tuple[np.ndarray, np.ndarray]:
    weeks = ((forms["submitted_at"] - forms["submitted_at"].min()) / WEEK).to_numpy()
    ages = weeks[places[:, :1]] - weeks[places]
    window = window_weights(ages, is_held, scale)
    mean = (window.weights * forms["adjusted"].to_numpy()[places]).sum(axis=1)
    return mean, window.error_variance


def _against(line: float, forms: pd.DataFrame, scale: RatingScale) -> Flags:
    n_rated = forms.groupby("interviewer_id").size()
    n_rated = n_rated[n_rated >= FEWEST_RATED]
    who = pd.Series(n_rated.index)
    places, is_held = _windows(forms, who, n_rated)
    mean, error = _means(forms, places, is_held, scale)
    idle = (forms["submitted_at"].max() - forms["submitted_at"]) / WEEK
    prob = below_prob(mean, error, idle.to_numpy()[places[:, 0]], line, scale)
    raw = np.where(is_held, forms["raw"].to_numpy()[places], 0.0).sum(axis=1)
    return Flags(
        line=line,
        prob=pd.Series(prob, index=n_rated.index),
        raw_mean=pd.Series(raw / is_held.sum(axis=1), index=n_rated.index),
    )


def own_answers(rated: RatedPlatform) -> np.ndarray:
    """The answers as the platform's candidates gave them; forms by factors."""
    return rated.forms[list(FACTORS)].to_numpy(float)
