"""The fits that try the accuracy score: what they learn from what, and panels that say little."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.base import clone

from python_models.calibration.accuracy_held_out import AccuracyHeldOut, fit_accuracy_held_out
from python_models.calibration.accuracy_resolution import (
    AccuracyResolution,
    fit_accuracy_resolution,
)
from python_models.fitted_table import FittedTable
from tests.unit.fit_promises import (
    Fit,
    keeps_its_columns,
    names_a_missing_column,
    repeats_itself,
)

BIASES = {"a": -1.5, "b": -0.5, "c": 0.0, "d": 0.0, "e": 0.5, "f": 1.5}


def _judgements(n_candidates: int = 300) -> pd.DataFrame:
    """Three mocks of each candidate, then a company for those with two yes."""
    rng = np.random.default_rng(8)
    rows: list[dict[str, object]] = []
    for k in range(n_candidates):
        ability, start = rng.normal(0, 1.5), rng.uniform(0, 700)
        verdicts = []
        for seen, who in enumerate(rng.choice([*BIASES], 3, replace=False)):
            yes = bool(rng.random() < expit(2 * (ability + BIASES[who])))
            verdicts.append(yes)
            rows.append(_judgement(k, seen, start + seen, who, None, yes))
        if sum(verdicts) >= 2:
            passed = bool(rng.random() < expit(2 * (ability - 0.3)))
            rows.append(_judgement(k, 3, start + 4, None, f"k{k % 3}", passed))
    return pd.DataFrame(rows)


def _judgement(
    candidate: int, seen: int, day: float, who: str | None, company: str | None, yes: bool
) -> dict[str, object]:
    return {
        "session_id": f"s{candidate}-{seen}",
        "candidate_key": f"c{candidate}",
        "interviewer_id": who,
        "company_id": company,
        "interview_type": "algorithms",
        "n_earlier_sessions": seen,
        "technical": None if company else 2 + yes,
        "problem_solving": None if company else 2 + yes,
        "would_advance": yes,
        "is_real": company is not None,
        "judged_at": pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=day),
    }


def _people(n: int = 12) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "interviewer_id": [f"i{k}" for k in range(n)],
            "leniency": np.linspace(-0.8, 0.8, n),
            "leniency_se": 0.1,
            "n_mocks": 60,
            "n_mocks_year_ago": [0, *[30] * (n - 1)],
            "n_results": 20,
            "n_results_year_ago": [0, *[10] * (n - 1)],
            "yes_rate": 0.5,
            "later_pass_rate": 0.6,
            "leniency_variance": 0.25,
            "borderline_log_odds": 0.1,
            "leniency_slope": 2.0,
            "strict_edge": -1.5,
            "lenient_edge": 1.5,
        }
    )


PANELS: list[tuple[Fit, pd.DataFrame, str]] = [
    (fit_accuracy_held_out, _judgements(), "judged_at"),
    (fit_accuracy_resolution, _people(), "n_results"),
]
IDS = [fit.__name__ for fit, _, _ in PANELS]


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_a_missing_column_is_named(fit: Fit, panel: pd.DataFrame, column: str) -> None:
    names_a_missing_column(fit, panel, column)


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_small_one_row_and_empty_panels_say_why_they_say_little(
    fit: Fit, panel: pd.DataFrame, column: str
) -> None:
    assert fit(panel).warnings == ()
    assert all(small.warnings for _, small in keeps_its_columns(fit, panel))


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_a_fit_leaves_its_panel_alone_and_repeats_itself(
    fit: Fit, panel: pd.DataFrame, column: str
) -> None:
    repeats_itself(fit, panel)


@pytest.mark.parametrize(
    "estimator", [AccuracyHeldOut(n_bins=7), AccuracyResolution(n_replicates=7)]
)
def test_estimators_can_be_cloned_with_their_settings(
    estimator: AccuracyHeldOut | AccuracyResolution,
) -> None:
    assert clone(estimator).get_params() == estimator.get_params()


def _values(fitted: FittedTable, measure: str) -> pd.Series:
    rows = fitted.table[fitted.table["measure"] == measure]
    return rows.set_index("level")["estimate"]


def test_what_was_learned_knows_nothing_of_the_time_after_the_split() -> None:
    panel = _judgements()
    split = pd.Timestamp(_values(fit_accuracy_held_out(panel), "split").iloc[0], unit="s", tz="UTC")
    is_mock, is_after = ~panel["is_real"], panel["judged_at"] >= split
    assert (is_mock & is_after).sum() == pytest.approx(is_mock.sum() / 2, abs=1)
    turned = panel.assign(would_advance=panel["would_advance"] ^ is_after)
    kept, changed = fit_accuracy_held_out(panel), fit_accuracy_held_out(turned)
    for measure in ("score", "net_first"):
        assert _values(kept, measure).tolist() == _values(changed, measure).tolist()
    # What it is tried on is another world.
    assert _values(changed, "brier")["ours"] > _values(kept, "brier")["ours"] + 0.05
    assert (_values(changed, "net_second") != _values(kept, "net_second")).all()


def test_lenient_interviewers_are_so_net_of_whom_they_met_in_both_parts_of_time() -> None:
    fitted = fit_accuracy_held_out(_judgements())
    score = _values(fitted, "score")
    assert score["a"] < score["c"] < score["f"]
    for measure in ("net_first", "net_second"):
        net = _values(fitted, measure)
        assert net["a"] < -0.1
        assert net["f"] > 0.1
        assert net["a"] < net["b"] < net["e"] < net["f"]


def test_readiness_is_tried_on_the_decisions_after_the_split_alone() -> None:
    panel = _judgements()
    fitted = fit_accuracy_held_out(panel)
    split = pd.Timestamp(_values(fitted, "split").iloc[0], unit="s", tz="UTC")
    tried = panel[panel["is_real"] & (panel["judged_at"] >= split)]
    rows = fitted.table[fitted.table["measure"] == "brier"].set_index("level")
    assert (rows["n"] == len(tried)).all()
    before = panel[panel["is_real"] & (panel["judged_at"] < split)]["would_advance"].mean()
    outcome = tried["would_advance"].to_numpy(dtype=float)
    assert rows.loc["base_rate", "estimate"] == pytest.approx(((before - outcome) ** 2).mean())
    assert rows.loc["ours", "estimate"] < rows.loc["base_rate", "estimate"]


def test_few_decisions_or_a_small_set_leave_their_part_out() -> None:
    few = fit_accuracy_held_out(_judgements(), min_decisions=10_000)
    assert "brier" not in set(few.table["measure"])
    assert "too few decisions on either side of the split" in few.warnings
    small = fit_accuracy_held_out(_judgements(), min_comparison_set=7)
    assert _values(small, "score").empty
    assert _values(small, "net_second").empty
    without = _judgements()
    without = fit_accuracy_held_out(without[~without["is_real"]])
    # Windows are tried on mock judgements alone.
    assert set(without.table["measure"]) == {"split", "window"}
    assert "no company's bar before the split" in without.warnings


def test_levels_and_flips_need_two_people_and_a_year() -> None:
    alone = fit_accuracy_resolution(_people(1))
    assert alone.table.empty
    assert "no two interviewers with a score" in alone.warnings[0]
    recent = fit_accuracy_resolution(_people().assign(n_mocks_year_ago=0))
    assert set(recent.table["measure"]) == {"misranked", "n_levels"}
    idle = fit_accuracy_resolution(_people().assign(n_mocks_year_ago=60))
    assert set(idle.table["measure"]) == {"misranked", "n_levels"}
    working = fit_accuracy_resolution(_people())
    n = working.table.set_index(["measure", "level"])["n"]
    assert n["n_levels", "ours"] == 12
    assert n["flips", "ours"] == n["flips", "naive"] == 11
    silent = fit_accuracy_resolution(
        _people().assign(n_results=0, n_results_year_ago=0, later_pass_rate=None)
    )
    rules = silent.table.loc[silent.table["measure"] == "flips", "level"]
    assert rules.tolist() == ["ours"]
    assert any("naive rule is silent" in note for note in silent.warnings)


def test_sure_estimates_hardly_flip_and_all_levels_hold() -> None:
    levels = np.repeat([-0.6, 0.0, 0.6], 4)
    sure = fit_accuracy_resolution(_people().assign(leniency=levels, leniency_se=0.01))
    assert _values(sure, "flips")["ours"] == pytest.approx(0.0, abs=0.02)
    assert _values(sure, "flips")["naive"] > _values(sure, "flips")["ours"]
    assert _values(sure, "n_levels")["ours"] == 3
    vague = fit_accuracy_resolution(_people().assign(leniency=levels / 6, leniency_se=0.4))
    assert _values(vague, "n_levels")["ours"] == 1
