"""Small worlds in which it is known why the platform's experience changed, as rows of the tables
that the bridge's models read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD_DAYS, CHURN_DAYS = 90, 60
N_PERIODS, N_STEPS = 6, 12
N_INTERVIEWERS, N_SESSIONS = 240, 12_000
SKILL_SD, NOISE_SD = 0.2, 0.5
LEAVING, LEAVING_SLOPE = 0.23, -0.3
LOOKBACK = 30
FACTORS = ("excitement", "question_quality", "hint_quality", "communication")


@dataclass(frozen=True)
class Change:
    """What happens with the last period; nothing, by default.

    Attributes
    ----------
    to_the_better : float
        How sessions move to the truly better interviewers, log share per sd of quality.
    to_the_rated : float
        The same by the ratings given so far, which are partly luck.
    paused_share : float
        The lowest rated of the period before who hold no session in the last one.
    improvement, inflation : float
        Rise of every rating, felt by candidates or not, rating points.
    """

    to_the_better: float = 0.0
    to_the_rated: float = 0.0
    paused_share: float = 0.0
    improvement: float = 0.0
    inflation: float = 0.0


def draw_sessions(change: Change, seed: int) -> pd.DataFrame:
    """One row per session: who held it, when, the rating, and whether the candidate left."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, SKILL_SD, N_INTERVIEWERS)
    appetite = rng.lognormal(0, 1, N_INTERVIEWERS)
    rated, totals = np.zeros(N_INTERVIEWERS), np.zeros(N_INTERVIEWERS)
    parts = []
    for step in range(N_PERIODS * N_STEPS):
        is_last = step >= (N_PERIODS - 1) * N_STEPS
        log_share = np.log(appetite)
        if is_last:
            luck = np.divide(totals, rated, out=np.zeros_like(totals), where=rated > 0)
            log_share += change.to_the_better * skill / SKILL_SD
            log_share += change.to_the_rated * luck / SKILL_SD
            if step == (N_PERIODS - 1) * N_STEPS:
                paused = _paused(parts, change.paused_share)
            log_share[paused] = -np.inf
        share = np.exp(log_share)
        who = rng.choice(N_INTERVIEWERS, N_SESSIONS // N_STEPS, p=share / share.sum())
        felt = skill[who] + is_last * change.improvement
        noise = rng.normal(0, NOISE_SD, len(who))
        part = pd.DataFrame(
            {
                "interviewer": who,
                "step": step,
                "days_ago": (N_PERIODS * N_STEPS - step - rng.random(len(who)))
                * (PERIOD_DAYS / N_STEPS),
                "rating": felt + is_last * change.inflation + noise,
                "has_left": rng.random(len(who)) < LEAVING + LEAVING_SLOPE * felt,
            }
        )
        parts.append(part)
        rated += np.bincount(who, minlength=N_INTERVIEWERS)
        totals += np.bincount(who, part["rating"], minlength=N_INTERVIEWERS)
    return pd.concat(parts, ignore_index=True)


def _paused(parts: list[pd.DataFrame], share: float) -> np.ndarray:
    means = pd.concat(parts[-N_STEPS:]).groupby("interviewer")["rating"].mean()
    return means.index[means < means.quantile(share)].to_numpy()


def tables(sessions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables above the bridge, by name, as far as it reads them."""
    sessions = sessions.sort_values(["interviewer", "days_ago"], ascending=[True, False])
    sessions = sessions.assign(
        session_id=[f"s{number}" for number in range(len(sessions))],
        interviewer_id="i" + sessions["interviewer"].astype(str),
        session_end_at=AS_OF - pd.to_timedelta(sessions["days_ago"], unit="D"),
    ).reset_index(drop=True)
    by_interviewer = sessions.groupby("interviewer")["rating"]
    past_mean = by_interviewer.transform(
        lambda ratings: ratings.rolling(LOOKBACK, min_periods=1).mean().shift()
    )
    is_known = past_mean.notna()
    keys = sessions[["session_id", "interviewer_id"]]
    mature = sessions["days_ago"] > CHURN_DAYS
    past = keys.assign(n_past=by_interviewer.cumcount().clip(upper=LOOKBACK))
    for factor in FACTORS:
        past[f"{factor}_past_mean"] = past_mean
    expected = keys.assign(
        has_left=sessions["has_left"], leave_prob=LEAVING, leave_any_month_prob=LEAVING
    )
    return {
        "run.clock": pd.DataFrame({"as_of": [AS_OF]}),
        "marts.fct_sessions": sessions[["session_id", "session_end_at"]],
        "adjusted.int_ratings_weighed": keys.assign(
            platform_rating=3.5 + sessions["rating"],
            trend_part=0,
            session_end_at=sessions["session_end_at"],
        ),
        "adjusted.int_past_ratings_averaged": past[is_known],
        "adjusted.int_rating_components_pivoted": pd.DataFrame(
            {"adjusted_variance": [NOISE_SD**2], "interviewer_variance": [SKILL_SD**2]}
        ),
        "fitted.fit_experience_weights": pd.DataFrame(
            {"fit_id": "f", "factor": FACTORS, "weight": 1 / len(FACTORS)}
        ),
        "adjusted.int_leaving_expected": expected[mature],
    }


def plain_within(sessions: pd.DataFrame) -> float:
    """The change within interviewers by plain period means, at the middle of their shares."""
    period = (sessions["days_ago"] // PERIOD_DAYS).astype(int)
    recent = sessions[period < 2].groupby(["interviewer", period[period < 2]])["rating"]
    means, counts = recent.mean().unstack(), recent.count().unstack()
    means, counts = means.dropna(), counts.loc[means.dropna().index]
    shares = (counts / counts.sum()).mean(axis=1)
    return float((shares * (means[0] - means[1])).sum())
