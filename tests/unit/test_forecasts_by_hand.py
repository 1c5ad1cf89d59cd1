"""Forecasts of yes or no, judged on cases that can be worked out on paper."""

import numpy as np
import pytest

from python_models.calibration import forecasts


def test_brier_score_and_error_of_two_forecasts() -> None:
    # (0.2² + 0.4²)/2 = 0.1; deviations ∓0.06, so √(2·2·0.06²)/2 = 0.06.
    mean, se = forecasts.brier(np.array([0.8, 0.4]), np.array([1.0, 0.0]), np.array(["a", "b"]))
    assert mean == pytest.approx(0.1)
    assert se == pytest.approx(0.06)


def test_values_of_a_cluster_count_as_one() -> None:
    values = np.array([1.0, 1.0, 0.0, 0.0])
    # Deviations of ±1/2 add up to ±1 in each of two clusters: √(2·(1 + 1))/4.
    assert forecasts.clustered_mean(values, np.array(["a", "a", "b", "b"])) == (
        0.5,
        pytest.approx(0.5),
    )
    # On their own: √(4/3·4·0.25)/4.
    assert forecasts.clustered_mean(values, np.array([1, 2, 3, 4])) == (
        0.5,
        pytest.approx(0.288675),
    )
    # Within clusters that are alike nothing is left: both means are 1/2.
    assert forecasts.clustered_mean(values, np.array(["a", "b", "a", "b"])) == (
        0.5,
        pytest.approx(0.0),
    )


def test_one_cluster_says_nothing_of_its_error() -> None:
    mean, se = forecasts.clustered_mean(np.array([1.0, 0.0]), np.array(["a", "a"]))
    assert mean == 0.5
    assert np.isnan(se)


def _came_true(shares: dict[float, float], n: int = 100) -> tuple[np.ndarray, np.ndarray]:
    forecast = np.repeat(list(shares), n)
    outcome = [np.arange(n) < round(share * n) for share in shares.values()]
    return forecast, np.concatenate(outcome).astype(np.float64)


def _each(n: int) -> np.ndarray:
    return np.arange(n)


def test_the_calibration_line_of_forecasts_that_come_true_is_0_and_1() -> None:
    line = forecasts.calibration_line(*_came_true({0.2: 0.2, 0.5: 0.5, 0.8: 0.8}), _each(300))
    assert line["intercept"][0] == pytest.approx(0.0, abs=1e-6)
    assert line["slope"][0] == pytest.approx(1.0, abs=1e-6)
    # A slope's information is the sum of p(1 − p)·x² of log-odds x = ∓ln 4, 0; where forecasts
    # come true, so is the variance of its pulls.
    information = 200 * 0.16 * np.log(4.0) ** 2
    assert line["slope"][1] == pytest.approx(np.sqrt(300 / 299 / information), rel=1e-4)


def test_outcomes_of_one_candidate_count_as_one_for_the_line_too() -> None:
    forecast, outcome = _came_true({0.2: 0.2, 0.5: 0.5, 0.8: 0.8})
    apart = forecasts.calibration_line(forecast, outcome, _each(300))
    repeated = forecasts.calibration_line(
        np.repeat(forecast, 4), np.repeat(outcome, 4), np.repeat(_each(300), 4)
    )
    assert repeated["slope"] == pytest.approx(apart["slope"])


def test_overconfident_forecasts_have_a_slope_below_1() -> None:
    # ln 3 on ln 9, so half.
    line = forecasts.calibration_line(*_came_true({0.1: 0.25, 0.9: 0.75}), _each(200))
    assert line["slope"][0] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_outcomes_or_candidates_all_alike_have_no_line(share: float) -> None:
    alike = _came_true({0.2: share, 0.8: share})
    assert forecasts.calibration_line(*alike, _each(200)) == {}
    of_one = forecasts.calibration_line(*_came_true({0.2: 0.2, 0.8: 0.8}), np.zeros(200))
    assert of_one == {}


def test_recalibration_learns_from_what_is_known_alone() -> None:
    forecast, outcome = _came_true({0.1: 0.25, 0.9: 0.75})
    later = np.concatenate([outcome, 1.0 - outcome])
    both = np.concatenate([forecast, forecast])
    is_known = np.arange(len(both)) < len(forecast)
    found = forecasts.recalibrated(both, later, is_known)
    assert found[both == 0.1] == pytest.approx(0.25, abs=1e-5)
    assert found[both == 0.9] == pytest.approx(0.75, abs=1e-5)


def test_without_two_outcomes_nothing_is_recalibrated() -> None:
    forecast = np.array([0.2, 0.9])
    kept = forecasts.recalibrated(forecast, np.ones(2), np.ones(2, dtype=bool))
    assert kept.tolist() == [0.2, 0.9]


def test_reliability_has_its_last_edge_in_the_last_bin_and_leaves_empty_ones_out() -> None:
    found = forecasts.reliability(
        np.array([0.0, 0.1, 0.5, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]), n_bins=4
    ).set_index("bin")
    assert found.index.tolist() == [0.0, 0.5, 0.75]
    assert found["n"].tolist() == [2, 1, 1]
    assert found.loc[0.0, "forecast"] == pytest.approx(0.05)
    assert found.loc[0.0, "observed"] == 0.5
    assert found.loc[0.75, "forecast"] == 1.0
