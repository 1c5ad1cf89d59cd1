"""The truth about ratings is what candidates give on the mean of many sessions."""

import numpy as np
import pandas as pd
import pytest

from python_models.simulation import WORLDS, simulate
from python_models.simulation.judging import expected_ratings, rate
from python_models.simulation.world import FACTORS


@pytest.mark.parametrize("day", [0.0, 2_000.0])
def test_expected_ratings_are_the_mean_of_what_candidates_give(day: float) -> None:
    world, rng, n = WORLDS["base"], np.random.default_rng(5), 200_000
    skill = np.array([[-2.5, -1.0, 0.0, 1.5]])
    given = rate(
        world,
        np.repeat(skill, n, axis=0),
        rng.normal(0.0, world.leniency_sd, n),
        rng.random(n) < 0.5,
        np.full(n, day),
        rng,
    )
    assert given.items.mean(axis=0) == pytest.approx(
        expected_ratings(world, skill, day)[0], abs=0.01
    )


def test_the_truth_holds_them_and_follows_the_skills() -> None:
    people = simulate(WORLDS["few"], 1).truth["interviewers"]
    for factor in FACTORS:
        ratings = people[f"{factor}_rating_now"]
        assert ratings.between(1, 4, inclusive="neither").all()
        order = pd.DataFrame({"rating": ratings, "skill": people[f"{factor}_skill"]})
        assert order.corr("spearman").iloc[0, 1] == pytest.approx(1.0)
