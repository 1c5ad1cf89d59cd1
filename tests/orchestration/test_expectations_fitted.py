"""The fitted border accepts sound fits and refuses the others with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import dispatch_fits
import policy_fits
import pytest
from borders import AS_OF, execute

from expectations import fitted
from expectations.checks import literal
from expectations.runner import reason_to_refuse, run_suites
from orchestration.lib.postgres import Connection

STAMP = "fit_id text, trained_through timestamptz, fitted_at timestamptz"
FIT = "f:1 'of' 100%"
STAMPED = f"{literal(FIT)}, '{AS_OF}', '{AS_OF}'"
FITTED_TABLES = {
    "experience_weights": "factor text, weight float, weight_raw float, weight_low float,"
    " weight_high float",
    "churn_covariates": "covariate text, level text, coefficient float, coefficient_se float",
    "experience_effects": "interviewer_id text, n_sessions bigint, churn_effect float,"
    " churn_effect_se float",
    "rating_components": "component text, level text, value float, value_se float",
    "interviewer_leniency": "facet text, level text, n_judgements bigint, estimate float,"
    " estimate_se float, comparison_set_id text",
    "accuracy_scale": "parameter text, value float, value_se float",
    "accuracy_held_out": "measure text, level text, n bigint, estimate float, estimate_se float",
    "accuracy_resolution": "measure text, level text, n bigint, estimate float,"
    " estimate_se float, grouping text",
    **policy_fits.TABLES,
    **dispatch_fits.TABLES,
    "lookback_curve": "measure text, row_set text, predictor text, rule text, lookback bigint,"
    " n_tested bigint, estimate float, estimate_low float, estimate_high float",
}
GOOD_FITS = {
    "experience_weights": [
        "'excitement', 0.55, 0.57, 0.4, 0.7",
        "'communication', 0.45, 0.43, 0.3, 0.6",
    ],
    "churn_covariates": [
        "'intercept', '', -1.2, 0.1",
        "'verdict', 'no', 0.0, 0.0",
        "'verdict', 'yes', -0.3, 0.1",
    ],
    "experience_effects": ["'i1', 12, 0.2, 0.1", "'i2', 3, -0.1, 0.2"],
    "rating_components": [
        "'mean', '', 3.6, 0.01",
        "'interviewer_variance', '', 0.04, 0.01",
        "'residual_variance', '', 0.3, 0.01",
        "'candidate_variance', '', 0, null",
        "'adjusted_variance', '', 0.25, 0.01",
        "'drift_variance', '', 0.0003, 0.0002",
        "'mean_verdict', '', 0.5, null",
        "'halo', '', 0, null",
        "'trend', '', -0.02, 0.01",
        "'reference_day', '', 20450.93, null",
        "'interviewer', 'i1', 0.2, 0.1",
    ],
    "interviewer_leniency": [
        "'interviewer', 'i1', 20, 0.3, 0.1, 'set 1'",
        "'company', 'x', 20, -0.1, 0.1, 'set 1'",
        "'variance', 'candidate', null, 0.4, null, null",
        "'item', 'technical:mean', null, 2.9, null, null",
    ],
    "accuracy_scale": [f"'{parameter}', 1.1, 0.1" for parameter in fitted.SCALE_PARAMETERS],
    "accuracy_held_out": [
        "'split', 'judged_at', 900, 1750000000, null",
        "'score', 'i1', 20, -2.4, null",
        "'net_second', 'i1', 1, -0.2, null",
        "'brier', 'ours', 300, 0.2, 0.01",
        "'brier_gain', 'mean_verdict_recalibrated', 300, 0.03, 0.01",
        "'calibration', 'slope', 300, 0.9, 0.1",
        "'ours_observed', '0.30', 40, 0.35, null",
    ],
    "accuracy_resolution": [
        "'flips', 'ours', 60, 0.4, 0.1, null",
        "'flipped_share', 'naive', 60, 0.9, 0.1, null",
        "'misranked', '9', 1700, 0.12, null, '-4|-3|-2|-1|0|1|2|3|4'",
        "'n_levels', 'ours', 60, 3, null, '-4|-1|2'",
    ],
    **policy_fits.GOOD,
    **dispatch_fits.GOOD,
    "lookback_curve": [
        "'correlation', 'veterans', 'raw', 'last_30', 30, 900, 0.3, 0.2, 0.4",
        "'chosen_window', 'veterans', 'raw', 'every_window', null, null, null, null, null",
    ],
}


def judge_fit(database: Connection, stem: str, rows: Sequence[str]) -> str | None:
    values = [f"insert into fitted.{stem} values ({STAMPED}, {row})" for row in rows]
    # Another fit's rows are none of this one's business.
    other = f"insert into fitted.{stem} (fit_id) values ('default')"
    execute(
        database,
        f"create schema fitted create table {stem} ({STAMP}, {FITTED_TABLES[stem]})",
        *values,
        other,
    )
    outcomes = run_suites(database.dsn, [fitted.suite(stem, FIT)])
    return reason_to_refuse(outcomes)


def test_every_fitted_table_has_a_suite_and_an_example_here() -> None:
    assert set(fitted.stems()) == set(FITTED_TABLES) == set(GOOD_FITS)


@pytest.mark.parametrize("stem", FITTED_TABLES)
def test_a_sound_fit_is_accepted(database: Connection, stem: str) -> None:
    assert judge_fit(database, stem, GOOD_FITS[stem]) is None


@pytest.mark.parametrize(
    ("stem", "at", "bad", "reason"),
    [
        ("experience_weights", 0, "'excitement', 0.5, 0.5, 0.4, 0.7", "sum to 1"),
        ("experience_weights", 0, "'communication', 0.55, 0.5, 0.4, 0.7", "one weight"),
        ("experience_weights", 0, "'excitement', 0.55, 0.5, 0.65, 0.7", "its own range"),
        ("churn_covariates", 0, "'verdict', 'none', 0.1, 0.1", "one intercept"),
        ("churn_covariates", 1, "'verdict', 'no', 'nan', 0.1", "finite number"),
        ("churn_covariates", 1, "'verdict', 'no', 31.5, 0.1", "finite number"),
        ("experience_effects", 0, "'i2', 12, 0.2, 0.1", "one effect"),
        ("experience_effects", 0, "'i1', 12, 0.2, 0", "standard error is positive"),
        ("experience_effects", 0, "'i1', 12, 'infinity', 0.1", "finite number"),
        ("rating_components", 1, "'interviewer_variance', '', -0.1, null", "negative"),
        ("rating_components", 0, "'mean', '', 4.6, 0.1", "lies on 1..4"),
        ("rating_components", 2, "'slope', '', 0, null", "drift_variance are there"),
        ("rating_components", 2, "'residual_variance', '', 4.6, null", "the scale allows"),
        ("rating_components", 6, "'mean_verdict', '', 1.5, null", "verdict is a share"),
        ("rating_components", 7, "'halo', '', -3.5, 1", "no wider than the scale"),
        ("rating_components", 8, "'trend', '', 'nan', null", "finite number"),
        ("rating_components", 10, "'interviewer', 'i1', 0.2, 'nan'", "finite standard error"),
        ("rating_components", 10, "'interviewer', '', 0.2, 0.1", "alone have levels"),
        ("interviewer_leniency", 0, "'interviewer', 'i1', 20, 9, 0.1, 'set 1'", "stays within"),
        ("interviewer_leniency", 0, "'interviewer', 'i1', 20, 0.3, 0.1, null", "comparison"),
        (
            "interviewer_leniency",
            0,
            "'interviewer', 'i1', 20, 0.3, 'nan', 'set 1'",
            "positive, fin",
        ),
        (
            "lookback_curve",
            0,
            "'correlation', 'veterans', 'raw', 'last_30', 30, 900, 1.3, null, null",
            "within -1..1",
        ),
        (
            "lookback_curve",
            0,
            "'correlation', 'veterans', 'raw', 'last_30', 30, 900, 0.3, 0.31, 0.4",
            "within its interval",
        ),
        ("lookback_curve", 1, "'gain', 'veterans', 'raw', 'last_1', 1, 9, 0, 0, 0", "chooses"),
        ("accuracy_held_out", 0, "'score', 'i2', 20, 1, null", "time was split"),
        ("accuracy_held_out", 0, "'split', 'judged_at', 9, 1769900000, null", "before the end"),
        ("accuracy_held_out", 1, "'score', 'i1', 20, 4.2, null", "within -4..4"),
        ("accuracy_held_out", 1, "'score', 'i1', 20, 'nan', null", "within -4..4"),
        ("accuracy_held_out", 2, "'net_second', 'i1', 9, -1.2, null", "within -1..1"),
        ("accuracy_held_out", 3, "'brier', 'ours', 300, 0.2, 'nan'", "finite error"),
        ("accuracy_held_out", 5, "'calibration', 'slope', 30, 90, 1", "line stays within"),
        ("accuracy_held_out", 6, "'ours_observed', '0.30', 40, 1.1, null", "within 0..1"),
        ("accuracy_resolution", 0, "'flips', 'ours', 60, 53, 1, null", "within 0..52"),
        ("accuracy_resolution", 0, "'flips', 'others', 60, 1, 1, null", "of a rule"),
        ("accuracy_resolution", 1, "'flipped_share', 'ours', 6, 1.2, 0, null", "within 0..1"),
        ("accuracy_resolution", 3, "'n_levels', 'ours', 60, 2.5, null, null", "and whole"),
        ("accuracy_resolution", 3, "'flips', 'naive', 60, 2.5, 1, null", "told apart is there"),
        *policy_fits.UNSOUND,
        *dispatch_fits.UNSOUND,
        ("accuracy_scale", 1, "'real_slope', -0.4, 0.1", "get more yes"),
        ("accuracy_scale", 5, "'b50', 0.4, 0.1", "every parameter"),
    ],
)
def test_an_unsound_fit_is_refused(
    database: Connection, stem: str, at: int, bad: str, reason: str
) -> None:
    rows = [*GOOD_FITS[stem]]
    rows[at] = bad
    assert reason in (judge_fit(database, stem, rows) or "accepted")


def test_a_fit_without_rows_is_refused(database: Connection) -> None:
    assert "the fit has rows" in (judge_fit(database, "experience_effects", []) or "")


def test_equal_weights_need_no_step(database: Connection) -> None:
    # A question that nobody answers has no part in it.
    thirds = [f"'{factor}', {1 / 3}, {1 / 3}, 0.2, 0.5" for factor in "abc"]
    unasked = "'unasked', 0, 0, 0, 0"
    assert judge_fit(database, "experience_weights", [*thirds, unasked]) is None


def test_odd_weights_are_refused(database: Connection) -> None:
    odd = ["'a', 0.47, 0.47, 0.4, 0.6", "'b', 0.53, 0.53, 0.4, 0.6"]
    assert "multiple of" in (judge_fit(database, "experience_weights", odd) or "accepted")


def test_forecasts_worse_than_a_count_of_verdicts_are_told(database: Connection) -> None:
    rows = [*GOOD_FITS["accuracy_held_out"]]
    rows[4] = "'brier_gain', 'mean_verdict_recalibrated', 300, -0.03, 0.01"
    assert judge_fit(database, "accuracy_held_out", rows) is None
    outcomes = run_suites(database.dsn, [fitted.suite("accuracy_held_out", FIT)])
    failed = [(outcome.column, outcome.severity) for outcome in outcomes if not outcome.success]
    assert failed == [("is_as_good", "warning")]
