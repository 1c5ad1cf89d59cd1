"""The arithmetic between coefficients and weights, worked by hand."""

import numpy as np
import pytest

from python_models.experience.weight_rules import (
    common_scale,
    equal_weights,
    regularised_weights,
    round_weights,
)

EFFECTS = np.array([0.8, 0.4, 0.2, 0.2])


@pytest.mark.parametrize(
    ("raw", "rounded"),
    [
        # 7.4, 5.6, 4.0 and 3.0 steps: the one step left goes to the largest remainder, .6.
        ([0.37, 0.28, 0.20, 0.15], [0.35, 0.30, 0.20, 0.15]),
        # Equal remainders: the earlier factors get the steps.
        ([1 / 3, 1 / 3, 1 / 3], [0.35, 0.35, 0.30]),
        ([0.35, 0.25, 0.40], [0.35, 0.25, 0.40]),
        ([1.0], [1.0]),
    ],
)
def test_rounding_by_largest_remainder(raw: list[float], rounded: list[float]) -> None:
    assert round_weights(np.array(raw)).tolist() == rounded


def test_rounded_weights_are_multiples_that_sum_to_one() -> None:
    rng = np.random.default_rng(1)
    for n_factors in (1, 2, 3, 4, 7, 25):
        for raw in rng.dirichlet(np.ones(n_factors), size=100):
            steps = round_weights(raw) * 20
            assert np.allclose(steps, np.round(steps))
            assert round(float(steps.sum())) == 20
            assert np.abs(steps / 20 - raw).max() < 0.05


def test_common_scale_weighs_effects_by_their_precision() -> None:
    # (3 · 1.0 + 1 · 0.2) / 4 = 0.8 for each of two factors; information 4, so se 2 · 1/2.
    scale, se = common_scale(np.array([1.0, 0.2]), np.diag([3.0, 1.0]))
    assert scale == pytest.approx(1.6)
    assert se == pytest.approx(1.0)


def test_common_scale_without_information_says_so() -> None:
    assert common_scale(np.zeros(2), np.zeros((2, 2))) == (0.0, float("inf"))


def test_much_evidence_gives_the_effects_themselves() -> None:
    weights = regularised_weights(EFFECTS, 1e8 * np.eye(4), 1.6, 0.15)
    assert weights == pytest.approx([0.5, 0.25, 0.125, 0.125], abs=1e-4)


def test_no_evidence_gives_equal_weights() -> None:
    weights = regularised_weights(EFFECTS, 1e-8 * np.eye(4), 1.6, 0.15)
    assert weights == pytest.approx(equal_weights(4), abs=1e-4)


def test_a_factor_that_drives_people_away_gets_nothing() -> None:
    weights = regularised_weights(np.array([1.0, 1.0, -3.0]), 1e6 * np.eye(3), 1.0, 0.15)
    assert weights == pytest.approx([0.5, 0.5, 0.0], abs=1e-4)
