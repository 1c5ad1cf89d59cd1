"""Reading the panel of the error budget: the platform's numbers, and the thresholds in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from python_models.frames import only_number, require_columns
from python_models.policy.interviewer_years import VOLUME_LEVELS, PlatformNumbers
from python_models.policy.standing_rule import Thresholds
from python_models.policy.window_posterior import RatingScale

SCALE = ("mean", "between_variance", "noise_variance", "drift_variance", "sure_drift_variance")
VOLUMES = tuple(f"weekly_rated_p{round(100 * level):02d}" for level in VOLUME_LEVELS)
REQUIRED = (*SCALE, "raw_noise_variance", "line", *VOLUMES)
# Columns of thresholds in force, and what the rule and the budget call them.
RULE_COLUMNS = {
    "min_rated": "min_rated",
    "min_new_evidence": "min_new_rated",
    "watch_prob": "watch_prob",
    "clear_prob": "clear_prob",
    "warn_prob": "warn_prob",
    "warn_evaluations": "warn_evaluations",
    "warn_min_rated": "warn_min_rated",
    "visible_days": "visible_days",
    "pause_prob": "pause_prob",
    "pause_evaluations": "pause_evaluations",
    "pause_min_since_warning": "pause_min_rated_since_warning",
}
BUDGET_COLUMNS = {
    "truly_bad_distance": "bad_distance",
    "max_false_pause_share": "most_false_pauses",
    "way_back_prob": "way_back_chance",
}


@dataclass(frozen=True)
class BudgetPanel:
    """What the panel says.

    Attributes
    ----------
    platform
        The platform's numbers; None where one is missing or nothing tells interviewers apart.
    line
        NaN where there is none.
    settings
        Of `ErrorBudget`: those given, with what is in force in the place of its own.
    """

    platform: PlatformNumbers | None
    line: float
    settings: dict[str, Any]


def read_budget_panel(panel: pd.DataFrame, settings: Mapping[str, Any]) -> BudgetPanel:
    """Read the one row of the panel.

    Parameters
    ----------
    panel
        With the columns in `REQUIRED`; those of `RULE_COLUMNS` and `BUDGET_COLUMNS` may be absent
        or null.
    settings
        Of `ErrorBudget`.

    Raises
    ------
    ValueError
        Where a column of `REQUIRED` is absent, there are several rows, or thresholds in force
        contradict one another.
    """
    require_columns(panel, REQUIRED, "error_budget")
    if len(panel) > 1:
        raise ValueError(f"panel error_budget has {len(panel)} rows: a platform has one")
    numbers = {name: only_number(panel, name) for name in REQUIRED}
    is_known = bool(np.isfinite(list(numbers.values())).all()) and all(
        numbers[name] > 0 for name in ("between_variance", "noise_variance")
    )
    return BudgetPanel(
        platform=_platform(numbers) if is_known else None,
        line=numbers["line"],
        settings={
            **settings,
            **numbers_in_force(panel, BUDGET_COLUMNS),
            "thresholds": rule_in_force(panel, settings.get("thresholds")),
        },
    )


def rule_in_force(panel: pd.DataFrame, thresholds: Thresholds | None) -> Thresholds:
    """Return the rule with the thresholds that a panel says are in force.

    Parameters
    ----------
    panel
        Those of `RULE_COLUMNS` that it has repeat one number; they may be absent or null.
    thresholds
        Of whatever is not in force; None for the rule's defaults.

    Raises
    ------
    ValueError
        Where thresholds in force contradict one another, or rows differ.
    """
    rule = thresholds or Thresholds()
    # Counts are whole numbers, whatever type a seed gives them.
    found = {
        name: type(getattr(rule, name))(value)
        for name, value in numbers_in_force(panel, RULE_COLUMNS).items()
    }
    return replace(rule, **found)


def numbers_in_force(panel: pd.DataFrame, columns: Mapping[str, str]) -> dict[str, float]:
    """Return what columns of a panel say, by other names, and leave out what is not known.

    Parameters
    ----------
    panel
        The frame to look at.
    columns
        Columns, and what each is called in the result.
    """
    found = {name: only_number(panel, column) for column, name in columns.items()}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _platform(numbers: Mapping[str, float]) -> PlatformNumbers:
    return PlatformNumbers(
        scale=RatingScale(**{name: numbers[name] for name in SCALE}),
        raw_noise_variance=numbers["raw_noise_variance"],
        line=numbers["line"],
        weekly_rated=tuple(numbers[name] for name in VOLUMES),
    )
