"""New weights are tried on months they have not seen, beside those in force."""

import numpy as np
import pandas as pd
import pytest

from python_models.experience.weights_gate import compare_weights, largest_move

FACTORS = ("excitement", "question_quality", "hint_quality", "communication")
TRUE = (0.7, 0.1, 0.1, 0.1)


def panel_of(seed: int, n: int = 40_000, turns: bool = False) -> pd.DataFrame:
    """Sessions over twelve months; where it turns, another factor drives leaving at the end."""
    rng = np.random.default_rng(seed)
    interviewer = rng.integers(0, 300, n)
    skill = rng.normal(0, 1, (300, 4))
    means = 3.5 + 0.3 * skill[interviewer] + rng.normal(0, 0.05, (n, 4))
    month = np.sort(rng.integers(1, 13, n))
    weights = np.tile(TRUE, (n, 1))
    if turns:
        weights[month >= 9] = TRUE[::-1]
    left = rng.random(n) < 1 / (1 + np.exp(1.2 + 2.5 * ((means - 3.5) * weights).sum(axis=1)))
    table = pd.DataFrame(means, columns=[f"{name}_past_mean" for name in FACTORS])
    return table.assign(
        session_id=np.arange(n).astype(str),
        interviewer_id=interviewer.astype(str),
        interview_type="algorithms",
        is_first_session=False,
        experience_level="mid",
        verdict="yes",
        performance=3,
        session_month=[f"2025-{number:02d}" for number in month],
        n_past=30,
        has_left=left,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_better_weights_beat_those_in_force(seed: int) -> None:
    found = compare_weights(panel_of(seed), dict.fromkeys(FACTORS, 0.25))
    assert found.n_holdout >= 0.25 * 40_000
    assert found.loss_change < -found.loss_change_se
    assert not found.is_worse


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weights_that_lose_on_the_newest_months_are_worse(seed: int) -> None:
    # What drove leaving has changed since: the weights in force fit the newest months.
    in_force = dict(zip(FACTORS, TRUE[::-1], strict=True))
    assert compare_weights(panel_of(seed, turns=True), in_force).is_worse


def test_equal_weights_are_no_worse_than_themselves() -> None:
    found = compare_weights(panel_of(1, n=9_000), dict.fromkeys(FACTORS, 0.25))
    assert found.loss_change == 0
    assert not found.is_worse


def test_too_few_sessions_compare_nothing() -> None:
    found = compare_weights(panel_of(1, n=800), dict.fromkeys(FACTORS, 0.25))
    assert (found.n_holdout, found.is_worse) == (0, False)
    empty = compare_weights(panel_of(1, n=800).iloc[:0], {})
    assert (empty.n_holdout, empty.is_worse) == (0, False)


def test_the_largest_move_counts_factors_that_come_and_go() -> None:
    assert largest_move({"a": 0.5, "b": 0.5}, {"a": 0.4, "c": 0.6}) == ("c", 0.6)
