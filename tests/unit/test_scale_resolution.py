"""Levels told apart and flips of an unchanged bucket, on cases that can be worked out on paper."""

import numpy as np
import pytest
from scipy.special import ndtr

from python_models.calibration.score_levels import Grouping, best_groupings
from python_models.calibration.steadiness import (
    Careers,
    count_flips,
    estimated_path,
    naive_path,
    weekly_counts,
)


def _grouped(level: list[int], estimate: list[float], se: float) -> dict[int, Grouping]:
    return best_groupings(
        np.array(level),
        np.array(estimate),
        np.full(len(level), se),
        most_per_level=300,
        rng=np.random.default_rng(0),
    )


def test_levels_far_apart_are_never_misranked() -> None:
    found = _grouped([-2, -2, 2], [-1.0, -0.9, 1.0], 0.1)
    assert found[2].starts == (-2, 2)
    assert found[2].misranked == pytest.approx(0.0, abs=1e-12)
    assert found[2].n_pairs == 2


def test_overlapping_levels_are_misranked_as_often_as_their_posteriors_cross() -> None:
    # A tenth apart, each known to 1: Φ(−0.1/√2).
    found = _grouped([0, 1], [0.0, 0.1], 1.0)
    assert found[2].misranked == pytest.approx(ndtr(-0.1 / np.sqrt(2)))


def test_levels_that_overlap_are_put_together_first() -> None:
    found = _grouped([0, 1, 2], [0.0, 0.1, 5.0], 0.5)
    assert found[2].starts == (0, 2)
    assert found[3].starts == (0, 1, 2)
    # Of three pairs one is a toss-up: Φ(−0.1/√0.5)/3.
    assert found[3].misranked == pytest.approx(ndtr(-0.1 / np.sqrt(0.5)) / 3, abs=1e-6)


def test_one_level_has_nothing_to_be_told_apart_from() -> None:
    assert _grouped([0, 0], [0.0, 0.1], 0.1) == {}


def test_large_levels_count_whole_however_few_are_drawn() -> None:
    level = np.repeat([0, 1, 4], [50, 50, 1])
    estimate = np.array([0.0, 0.1, 9.0])[np.searchsorted([0, 1, 4], level)]
    found = best_groupings(
        level, estimate, np.ones(101), most_per_level=2, rng=np.random.default_rng(1)
    )
    assert found[3].n_pairs == 50 * 50 + 50 + 50
    assert found[3].misranked == pytest.approx(ndtr(-0.1 / np.sqrt(2)) * 2500 / 2600)


def test_a_score_on_the_edge_is_still_inside() -> None:
    weeks = np.array([[1.5, -1.5, 1.6, 0.0], [1.5, -1.6, 0.0, 2.0], [1.5, -1.5, -1.7, -2.0]])
    # The last crosses the whole bucket at once: one flip a week.
    assert count_flips(weeks, -1.5, 1.5).tolist() == [0, 2, 2, 2]


def test_counts_grow_evenly_from_a_year_ago_to_now() -> None:
    counts = weekly_counts(np.array([10.0, 7.0]), np.array([114.0, 7.0]))
    assert counts.shape == (53, 2)
    assert counts[:, 0].tolist() == [10 + 2 * week for week in range(53)]
    assert counts[:, 1].tolist() == [7] * 53


def test_without_noise_an_estimate_is_the_truth_every_week() -> None:
    truth = np.array([-0.7, 0.0, 1.2])
    counts = weekly_counts(np.full(3, 5.0), np.full(3, 50.0))
    path = estimated_path(truth, counts, np.zeros(3), 0.5, np.random.default_rng(0))
    assert np.allclose(path, truth)
    assert count_flips(path, -0.5, 0.5).tolist() == [0, 0, 0]


def test_an_estimate_is_as_uncertain_as_its_posterior_says() -> None:
    # Variance 0.5 between, noise 2 in a judgement, 12 of them: the mean of 12 is shrunken by
    # 12/(12 + 4), and varies by 0.75²·2/12 about 0.75 of the truth.
    n = 20_000
    counts = weekly_counts(np.full(n, 4.0), np.full(n, 12.0))
    path = estimated_path(np.ones(n), counts, np.full(n, 2.0), 0.5, np.random.default_rng(2))
    assert path[-1].mean() == pytest.approx(0.75, abs=4 * 0.31 / np.sqrt(n))
    assert path[-1].std() == pytest.approx(0.75 * np.sqrt(2 / 12), rel=0.03)


def _careers(yes: list[float], passed: list[float], results: list[float]) -> Careers:
    n = len(yes)
    return Careers(
        np.full(n, 10.0), np.full(n, 62.0), np.array(results), np.array(results) + 52.0,
        np.array(yes), np.array(passed),
    )  # fmt: skip


def test_rates_without_chance_never_flip_and_are_centred_on_the_platform() -> None:
    # Gaps of 1 and 0, centred on 1/2: P(yes) of 0.99 at most and 0.01 at least.
    path = naive_path(_careers([1.0, 1.0], [0.0, 1.0], [5.0, 5.0]), np.random.default_rng(0))
    assert path[0].tolist() == pytest.approx([4 * np.log2(1.98), -4 * np.log2(1.98)])
    assert (path == path[0]).all()


def test_a_first_result_is_no_flip_and_nobody_s_results_are_none() -> None:
    path = naive_path(_careers([1.0, 1.0], [0.0, 1.0], [0.0, 0.0]), np.random.default_rng(0))
    assert count_flips(path, -1.5, 1.5).tolist() == [0, 0]
    nobody = Careers(*(np.full(2, value) for value in (5.0, 9.0, 0.0, 0.0, 0.5, np.nan)))
    assert (naive_path(nobody, np.random.default_rng(0)) == 0).all()
