"""Both links and the plain share of yes, on numbers that can be worked out on paper."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from python_models.calibration.abilities import Abilities
from python_models.calibration.links import Links, mean_earlier_verdict

PARAMETERS = {
    "real_intercept": -1.0,
    "real_slope": 2.0,
    "mock_intercept": -1.5,
    "mock_ability_slope": 3.0,
    "mock_leniency_slope": 2.0,
    "a50": 0.5,
}
LINKS = Links(PARAMETERS, candidate_variance=0.6)


def test_scores_are_taken_at_the_companies_bar() -> None:
    # −1.5 + 3·0.5 = 0 for an interviewer of no leniency; ln 3 more is a chance of 3/4.
    scores = LINKS.scores(np.array([0.0, np.log(3) / 2, -np.log(3) / 2]))
    three_quarters = 4 * np.log2(1.5)
    assert scores.tolist() == pytest.approx([0.0, three_quarters, -three_quarters])


def _abilities(ability: list[float], reliability: list[float]) -> Abilities:
    known = np.array(reliability)
    return Abilities(np.array(ability), known, (known > 0) * 1.0, np.zeros(len(known)))


def test_a_candidate_on_the_bar_passes_half_the_time() -> None:
    prob = LINKS.pass_prob(_abilities([0.5, 0.5], [1.0, 0.0]))
    assert prob.tolist() == pytest.approx([0.5, 0.5])


def test_what_is_not_known_of_an_ability_draws_the_chance_to_one_half() -> None:
    known, unknown = LINKS.pass_prob(_abilities([1.0, 1.0], [1.0, 0.0]))
    assert known == pytest.approx(expit(1.0))
    # The mean over a normal ability of variance 0.6, by adding up.
    z = np.linspace(-8, 8, 20_001)
    weight = np.exp(-(z**2) / 2)
    exact = (expit(-1.0 + 2.0 * (1.0 + np.sqrt(0.6) * z)) * weight).sum() / weight.sum()
    assert unknown == pytest.approx(exact, abs=0.011)
    assert 0.5 < unknown < known


def test_without_decisions_there_is_no_bar() -> None:
    assert LINKS.has_bar
    assert not Links({"mock_intercept": 0.0}, 0.6).has_bar
    assert not Links({"a50": 0.0}, 0.6).has_bar


def test_the_plain_share_of_yes_is_of_earlier_mocks_alone() -> None:
    judgements = pd.DataFrame(
        {
            "candidate_key": ["a", "a", "b", "a", "a", "a"],
            "is_real": [False, True, False, False, False, True],
            "would_advance": [True, False, True, False, None, True],
        }
    )
    share = mean_earlier_verdict(judgements)
    # Nothing before the first of each; a company's no and a missing verdict do not count.
    assert np.isnan(share[[0, 2]]).all()
    assert share[[1, 3, 4, 5]].tolist() == [1.0, 1.0, 0.5, 0.5]
