"""The fits behind standing: panels that say little, and thresholds that people changed."""

import numpy as np
import pandas as pd
import pytest

from python_models.fitted_table import FittedTable
from python_models.policy.budget_panel import BUDGET_COLUMNS, RULE_COLUMNS, read_budget_panel
from python_models.policy.churn_line import fit_churn_line
from python_models.policy.error_budget import fit_error_budget
from python_models.policy.standing_rule import Thresholds
from python_models.policy.ways_back import fit_way_back
from tests.unit.fit_promises import (
    Fit,
    keeps_its_columns,
    names_a_missing_column,
    repeats_itself,
)

IN_FORCE = {
    "min_rated": 6,
    "min_new_evidence": 4.0,
    "watch_prob": 0.55,
    "clear_prob": 0.35,
    "warn_prob": 0.65,
    "warn_evaluations": 3.0,
    "warn_min_rated": 12.0,
    "visible_days": 21.0,
    "pause_prob": 0.85,
    "pause_evaluations": 3.0,
    "pause_min_since_warning": 7.0,
    "truly_bad_distance": 0.75,
    "max_false_pause_share": 0.02,
    "way_back_prob": 0.7,
}


def _sessions(n_interviewers: int = 150, n_each: int = 40) -> pd.DataFrame:
    """Better interviewers lose fewer candidates."""
    rng = np.random.default_rng(5)
    quality = np.repeat(rng.normal(3.6, 0.2, n_interviewers), n_each)
    who = np.repeat(np.arange(n_interviewers), n_each)
    return pd.DataFrame(
        {
            "session_id": [f"s{k:05d}" for k in range(len(who))],
            "interviewer_id": [f"i{k}" for k in who],
            "past_quality": quality + rng.normal(0, 0.02, len(who)),
            "leave_prob": 0.25,
            "has_left": rng.random(len(who)) < np.clip(0.25 - 0.5 * (quality - 3.6), 0, 1),
        }
    )


def _platform(**changed: object) -> pd.DataFrame:
    numbers = {
        "mean": 3.6,
        "between_variance": 0.03,
        "noise_variance": 0.12,
        "drift_variance": 0.0003,
        "sure_drift_variance": 0.0001,
        "raw_noise_variance": 0.25,
        "line": 3.44,
        "weekly_rated_p05": 0.1,
        "weekly_rated_p25": 0.3,
        "weekly_rated_p50": 0.6,
        "weekly_rated_p75": 1.3,
        "weekly_rated_p95": 2.9,
    }
    return pd.DataFrame([numbers | changed])


def _windows(**changed: object) -> pd.DataFrame:
    """Twelve interviewers around the line with twenty sessions, one a week."""
    rng = np.random.default_rng(8)
    numbers = _platform().drop(columns="raw_noise_variance").iloc[0].to_dict()
    rows = [
        {
            "interviewer_id": f"i{who:02d}",
            "session_id": f"s{who:02d}{rank:02d}",
            "recency_rank": rank,
            "adjusted": 3.2 + who / 50 + rng.normal(0, 0.35),
            "weeks_old": float(rank),
            "weeks_per_session": 1.0,
        }
        for who in range(12)
        for rank in range(1, 21)
    ]
    return pd.DataFrame(rows).assign(**(numbers | {"peer_median": 3.65} | changed))


def _budget(panel: pd.DataFrame) -> FittedTable:
    return fit_error_budget(panel, n_years=400, way_back_years=200)


PANELS: list[tuple[Fit, pd.DataFrame, str]] = [
    (fit_churn_line, _sessions(), "leave_prob"),
    (_budget, _platform(), "raw_noise_variance"),
    (fit_way_back, _windows(), "line"),
]
IDS = ["churn_line", "error_budget", "way_back"]


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_what_a_panel_lacks_is_named(fit: Fit, panel: pd.DataFrame, column: str) -> None:
    names_a_missing_column(fit, panel, column)


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_panels_that_say_little_say_why(fit: Fit, panel: pd.DataFrame, column: str) -> None:
    full, unknown = fit(panel), panel.assign(**{column: None})
    assert full.warnings == ()
    assert list(fit(unknown).table.columns) == list(full.table.columns)
    assert all(small.warnings for _, small in keeps_its_columns(fit, unknown))


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_a_policy_fit_leaves_its_panel_alone_and_repeats_itself(
    fit: Fit, panel: pd.DataFrame, column: str
) -> None:
    repeats_itself(fit, panel)


def _line(fitted: FittedTable) -> float:
    return float(fitted.table.set_index("measure")["estimate"].loc["line"])


def test_one_session_has_a_rate_but_no_line() -> None:
    fitted = fit_churn_line(_sessions().iloc[:1])
    assert fitted.table["measure"].tolist() == ["rate", "acceptable"]
    assert "fewer than" in fitted.warnings[0]


def test_the_margin_in_force_moves_the_line() -> None:
    panel = _sessions()
    default = fit_churn_line(panel)
    strict, lenient = (fit_churn_line(panel.assign(acceptable_margin=m)) for m in (0.02, 0.08))
    assert _line(lenient) < _line(default) < _line(strict)
    assert _line(fit_churn_line(panel, margin=0.02)) == _line(strict)
    assert strict.settings["margin"] == strict.diagnostics["margin"] == 0.02
    # No row in force: the setting holds.
    unset = fit_churn_line(panel.assign(acceptable_margin=None), margin=0.08)
    assert _line(unset) == _line(lenient)
    with pytest.raises(ValueError, match="acceptable_margin has 2 values"):
        fit_churn_line(panel.assign(acceptable_margin=panel["has_left"] * 0.05))


def test_text_and_categories_name_the_same_interviewers() -> None:
    panel = _sessions()
    coded = panel.astype({"interviewer_id": "category"})
    pd.testing.assert_frame_equal(fit_churn_line(panel).table, fit_churn_line(coded).table)


def test_a_line_counts_only_sessions_whose_past_is_known() -> None:
    panel = _sessions()
    more = pd.concat([panel, panel.iloc[:500].assign(past_quality=None)], ignore_index=True)
    pd.testing.assert_frame_equal(fit_churn_line(panel).table, fit_churn_line(more).table)


def test_every_threshold_in_force_reaches_the_rule_or_the_budget() -> None:
    assert set(IN_FORCE) == set(RULE_COLUMNS) | set(BUDGET_COLUMNS)
    found = read_budget_panel(_platform(**IN_FORCE), {"n_years": 7}).settings
    rule = {name: IN_FORCE[column] for column, name in RULE_COLUMNS.items()}
    assert found["thresholds"] == Thresholds(**rule)
    assert isinstance(found["thresholds"].warn_evaluations, int)
    budget = {name: IN_FORCE[column] for column, name in BUDGET_COLUMNS.items()}
    assert {name: found[name] for name in budget} == budget
    assert found["n_years"] == 7


def test_thresholds_that_nobody_decided_keep_the_settings() -> None:
    own = Thresholds(warn_prob=0.7)
    panel = _platform(watch_prob=None, pause_prob=0.9)
    found = read_budget_panel(panel, {"thresholds": own, "bad_distance": 1.0}).settings
    assert found["thresholds"] == Thresholds(warn_prob=0.7, pause_prob=0.9)
    assert found["bad_distance"] == 1.0
    assert read_budget_panel(_platform(), {}).settings["thresholds"] == Thresholds()


def test_thresholds_that_contradict_one_another_are_refused() -> None:
    with pytest.raises(ValueError, match="clear_prob <= watch_prob"):
        read_budget_panel(_platform(clear_prob=0.6, watch_prob=0.5), {})


def test_the_budget_is_that_of_the_thresholds_in_force() -> None:
    hasty = {"warn_prob": 0.5, "pause_prob": 0.5, "pause_evaluations": 1.0, "visible_days": 0.0}
    estimates = [
        fitted.table.set_index(["measure", "rule", "level"])["estimate"]
        for fitted in (
            fit_error_budget(_platform(**changed), n_years=4_000, way_back_years=200)
            for changed in (IN_FORCE, hasty)
        )
    ]
    key = ("paused_share", "ours", "near_line")
    assert estimates[1][key] > estimates[0][key] + 0.05
    assert fit_error_budget(_platform(**hasty), n_years=400).settings["thresholds"][
        "pause_prob"
    ] == pytest.approx(0.5)
