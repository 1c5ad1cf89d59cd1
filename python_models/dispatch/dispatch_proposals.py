"""Whom the open requests would be offered to: the assignment of each week's batch (C4)."""

from __future__ import annotations

import zlib

import pandas as pd

from python_models.dispatch.assignment import assign
from python_models.dispatch.settings import DispatchSettings
from python_models.fitted_table import FittedTable
from python_models.frames import require_columns

REQUIRED = (
    "row_kind",
    "request_id",
    "candidate_id",
    "interviewer_id",
    "interview_type",
    "threshold",
    "quality_mean",
    "quality_sd",
    "value",
    "n_rated",
    "n_this_week",
    "slot_start_at",
    "week_start_at",
)
COLUMNS = [
    "row_kind",
    "level",
    "n_requests",
    "n_offers",
    "seed",
    "rank",
    "offer_probability",
    "interviewer_id",
    "probability_is",
    "is_newcomer_share",
    "is_repeat",
    "reason",
]
_SLOT = ["interviewer_id", "interview_type", "slot_start"]
_PERSON = ["interviewer_id", "quality_mean", "quality_sd", "n_rated", "n_this_week"]


def fit_dispatch_proposals(panel: pd.DataFrame, *, n_replays: int = 9) -> FittedTable:
    """Match the open requests of each week, Monday to Sunday in UTC, to who is available.

    The seed of a week is the checksum of its requests' keys: nobody chooses it, the same batch is
    drawn alike however often it is matched, and another request draws anew.

    Parameters
    ----------
    panel : pd.DataFrame
        Rows of five kinds, by `row_kind`. `request`: `request_id`, `candidate_id`,
        `interview_type`, `slot_start_at`. `slot`: `interviewer_id`, `interview_type`,
        `slot_start_at`. `interviewer`: `interviewer_id`, `week_start_at`, `quality_mean`,
        `quality_sd` (rating scale; null before the first fit, when all are equal), `n_rated`,
        `n_this_week` (sessions). `pairing`: `candidate_id`, `interviewer_id` who have met.
        `rule`: `threshold`, `value`.
    n_replays : int
        Further runs from which probabilities of ranked offers are counted.

    Returns
    -------
    FittedTable
        Rows of three kinds: `batch`, by week, its numbers of requests and offers and its `seed`
        (one row `none` where nobody asks); `offer` and `unassigned`, by request.

    Raises
    ------
    ValueError
        If a column is missing, or the rows contradict each other (see `assign`).
    """
    require_columns(panel, REQUIRED, "pnl_dispatch_proposals")
    panel = panel.rename(columns={"slot_start_at": "slot_start"})
    panel = panel.assign(
        slot_start=pd.to_datetime(panel["slot_start"], utc=True),
        week_start_at=pd.to_datetime(panel["week_start_at"], utc=True),
    )
    rules = _rules(panel)
    settings, most_per_week = _settings(rules, n_replays)
    requests = panel[panel["row_kind"] == "request"]
    week = _week_of(requests["slot_start"])
    parts = [
        _match(panel, batch, pd.Timestamp(str(start)), settings, most_per_week)
        for start, batch in requests.groupby(week, sort=True)
    ]
    table = pd.concat(parts or [_nothing_asked()], ignore_index=True)
    for count in ("n_requests", "n_offers", "seed", "rank"):
        table[count] = table[count].astype("Int64")
    n_offers = int((table["row_kind"] == "offer").sum())
    is_blind = panel.loc[panel["row_kind"] == "interviewer", "quality_mean"].isna().any()
    warning = "no quality is known yet: who is asked falls by chance"
    return FittedTable(
        table=table,
        settings={"n_replays": n_replays},
        diagnostics={"n_requests": len(requests), "n_offers": n_offers, "rules": rules},
        n_rows=len(panel),
        warnings=(warning,) if is_blind else (),
    )


def _nothing_asked() -> pd.DataFrame:
    row = {"row_kind": "batch", "level": "none", "n_requests": 0, "n_offers": 0, "seed": 0}
    return pd.DataFrame([row]).reindex(columns=COLUMNS)


def _week_of(instants: pd.Series) -> pd.Series:
    days = pd.to_timedelta(instants.dt.day_of_week, unit="D")
    return instants.dt.normalize() - days


def _rules(panel: pd.DataFrame) -> dict[str, float]:
    rows = panel[panel["row_kind"] == "rule"]
    pairs = zip(rows["threshold"], rows["value"], strict=True)
    return {str(name): float(value) for name, value in pairs}


def _settings(rules: dict[str, float], n_replays: int) -> tuple[DispatchSettings, float]:
    """Return the rules in force: without a row nothing is reserved and no week is full."""
    settings = DispatchSettings(
        newcomer_share=rules.get("newcomer_share", 0.0),
        newcomer_sessions=int(rules.get("newcomer_sessions", 0)),
        newcomer_weekly=int(rules.get("newcomer_weekly", 0)),
        n_replays=n_replays,
    )
    return settings, rules.get("most_per_week", float("inf"))


def _match(
    panel: pd.DataFrame,
    requests: pd.DataFrame,
    start: pd.Timestamp,
    settings: DispatchSettings,
    most_per_week: float,
) -> pd.DataFrame:
    """Return the rows of one week."""
    kind = panel["row_kind"]
    is_in_week = _week_of(panel["slot_start"]) == start
    people = panel.loc[(kind == "interviewer") & (panel["week_start_at"] == start), _PERSON]
    # No cap is one that the batch cannot reach.
    cap = min(
        most_per_week, float(people["n_this_week"].max() if len(people) else 0) + len(requests)
    )
    people = people.assign(
        quality_mean=people["quality_mean"].fillna(0.0),
        quality_sd=people["quality_sd"].fillna(0.0),
        most_per_week=cap,
        # Nothing says which earlier offers were reserved: each session of the week counts as one.
        n_reserved_this_week=people["n_this_week"],
    )
    keys = "|".join([start.isoformat(), *sorted(requests["request_id"])])
    seed = zlib.crc32(keys.encode())
    found = assign(
        requests[["request_id", "candidate_id", "interview_type", "slot_start"]],
        panel.loc[(kind == "slot") & is_in_week, _SLOT],
        people,
        settings,
        seed=seed,
        pairings=panel.loc[kind == "pairing", ["candidate_id", "interviewer_id"]],
    )
    batch = {
        "row_kind": "batch",
        "level": start.strftime("%Y-%m-%d"),
        "n_requests": len(requests),
        "n_offers": len(found.offers),
        "seed": seed,
    }
    offers = found.offers.assign(row_kind="offer", level=found.offers["request_id"], seed=seed)
    for flag in ("is_newcomer_share", "is_repeat"):
        offers[flag] = offers[flag].map({True: "true", False: "false"})
    left = found.unassigned.assign(
        row_kind="unassigned", level=found.unassigned["request_id"], seed=seed
    )
    told = pd.concat([pd.DataFrame([batch]), offers, left])
    return told.reindex(columns=COLUMNS)
