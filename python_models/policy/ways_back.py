"""The way back of each interviewer who may be told one, by the thresholds in force (C3)."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from python_models.fitted_table import FittedTable
from python_models.frames import FloatArray, as_floats, level_codes, only_number, require_columns
from python_models.policy.budget_panel import SCALE, numbers_in_force, rule_in_force
from python_models.policy.standing_rule import Thresholds
from python_models.policy.way_back import WaysBack, Windows, sessions_to_leave
from python_models.policy.window_posterior import RatingScale

# The level that is told: the score in the middle of the interviewer's peers.
LEVEL = "peer_median"
PLATFORM = (*SCALE, "line", LEVEL)
OF_SESSIONS = ("recency_rank", "adjusted", "weeks_old", "weeks_per_session")
REQUIRED = ("interviewer_id", *OF_SESSIONS, *PLATFORM)
COLUMNS = [
    "interviewer_id",
    "level",
    "n_rated",
    "n_sessions",
    "mean",
    "way_back_prob",
    "simulated_prob",
]


def fit_way_back(
    panel: pd.DataFrame,
    *,
    thresholds: Thresholds | None = None,
    lookback: int = 30,
    chance: float = 0.8,
    most: int = 60,
    n_draws: int = 500,
    random_state: int = 0,
) -> FittedTable:
    """State sessions that give a chance of leaving the warning, from now on and at a level.

    Whoever is told is taken to be warned now, with an evaluation just behind: evaluations over
    `pause_prob` and sessions held since an earlier warning are not counted. Judgements of verdicts
    play no part.

    Parameters
    ----------
    panel
        One row per rated session of a window: `interviewer_id`, `recency_rank` (1 is the newest),
        `adjusted` (rating points, as the score weighs the answers), `weeks_old`,
        `weeks_per_session` (the same in all rows of an interviewer); and the same in every row:
        `mean`, `between_variance`, `noise_variance`, `drift_variance`, `sure_drift_variance`,
        `line`, `peer_median` (the level), and the thresholds in force, where they are there. A row
        without an interviewer says what holds where nobody is to be told anything.
    thresholds, chance
        Where none is in force.
    lookback
        Sessions of the window.
    most
        Sessions beyond which nothing is promised.
    n_draws
        Futures drawn for each interviewer.
    random_state
        Seed.

    Returns
    -------
    FittedTable
        Rows (interviewer_id, level, n_rated, n_sessions, mean, way_back_prob, simulated_prob):
        `n_sessions` at the level `mean` give about the chance `way_back_prob`, in the simulation
        `simulated_prob`; null where no number up to `most` does, and then `simulated_prob` is what
        `most` give. The row of no interviewer is always there, so that an older fit never goes on
        serving.

    Raises
    ------
    ValueError
        Where a column is absent, the platform's numbers differ between rows, or thresholds in
        force contradict one another.
    """
    require_columns(panel, REQUIRED, "way_back")
    numbers = {name: only_number(panel, name) for name in PLATFORM}
    chance = numbers_in_force(panel, {"way_back_prob": "chance"}).get("chance", chance)
    rule = rule_in_force(panel, thresholds)
    is_known = bool(np.isfinite(list(numbers.values())).all()) and all(
        numbers[name] > 0 for name in ("between_variance", "noise_variance")
    )
    names, windows = _windows(panel if is_known else panel.iloc[:0], lookback)
    found = sessions_to_leave(
        windows,
        np.full(len(names), numbers[LEVEL]),
        numbers["line"],
        RatingScale(**{name: numbers[name] for name in SCALE}),
        rule,
        chance=chance,
        most=most,
        n_draws=n_draws,
        random_state=random_state,
    )
    return FittedTable(
        table=_table(names, windows, found, numbers[LEVEL], chance),
        settings={
            "thresholds": asdict(rule),
            "lookback": lookback,
            "chance": chance,
            "most": most,
            "n_draws": n_draws,
            "random_state": random_state,
        },
        diagnostics=_diagnostics(found, is_known),
        n_rows=len(panel),
        warnings=()
        if is_known
        else ("no line, or nothing that tells interviewers apart: no way back is told",),
    )


def _windows(panel: pd.DataFrame, lookback: int) -> tuple[tuple[str, ...], Windows]:
    """Return who has sessions, sorted, and their windows, whatever the order of rows."""
    values = {name: as_floats(panel[name]) for name in OF_SESSIONS}
    is_there = np.isfinite(np.stack(list(values.values()))).all(axis=0)
    is_there &= (values["recency_rank"] <= lookback) & (values["weeks_per_session"] > 0)
    is_there &= panel["interviewer_id"].notna().to_numpy()
    person, names = level_codes(panel["interviewer_id"][is_there])
    rows = pd.DataFrame({name: column[is_there] for name, column in values.items()})
    rows = rows.assign(person=person).sort_values(["person", "recency_rank"], ignore_index=True)
    # Places are counted, not ranks: a session without a rating leaves no gap.
    place = rows.groupby("person").cumcount().to_numpy()
    who = rows["person"].to_numpy()

    def spread(column: str) -> FloatArray:
        wide = np.zeros((len(names), lookback))
        wide[who, place] = rows[column].to_numpy()
        return wide

    is_held = np.zeros((len(names), lookback), dtype=bool)
    is_held[who, place] = True
    return names, Windows(
        adjusted=spread("adjusted"),
        ages=spread("weeks_old"),
        is_held=is_held,
        weeks_per_session=rows["weeks_per_session"].to_numpy()[place == 0],
    )


def _table(
    names: tuple[str, ...], windows: Windows, found: WaysBack, mean: float, chance: float
) -> pd.DataFrame:
    people = pd.DataFrame(
        {
            "interviewer_id": ["", *names],
            "level": LEVEL,
            "n_rated": [np.nan, *windows.is_held.sum(axis=1)],
            "n_sessions": [np.nan, *found.n_sessions],
            "mean": mean,
            "way_back_prob": chance,
            "simulated_prob": [np.nan, *found.chance],
        }
    )
    return people.astype({"n_rated": "Int64", "n_sessions": "Int64"})[COLUMNS]


def _diagnostics(found: WaysBack, is_known: bool) -> dict[str, Any]:
    is_told = np.isfinite(found.n_sessions)
    told = found.n_sessions[is_told]
    return {
        "is_known": is_known,
        "n_interviewers": len(is_told),
        "n_without_a_way": int((~is_told).sum()),
        "median_sessions": float(np.median(told)) if len(told) else None,
        "mean_simulated_prob": float(found.chance[is_told].mean()) if len(told) else None,
    }
