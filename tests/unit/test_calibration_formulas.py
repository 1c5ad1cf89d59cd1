"""Formulas of the accuracy side, worked by hand: SQL repeats them."""

import numpy as np
import pandas as pd
import pytest

from python_models.calibration.abilities import abilities_from_earlier
from python_models.calibration.accuracy_score import accuracy_score
from python_models.calibration.composite import learn_scale
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency


def judgements() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "session_id": ["s1", "s2", "s3", "s4"],
            "is_real": [False, False, True, False],
            "candidate_key": ["c1", "c1", "c1", "c2"],
            "interviewer_id": ["a", "b", None, "new"],
            "company_id": [None, None, "k", None],
            "interview_type": ["algorithms", "behavioral", "algorithms", "algorithms"],
            "n_earlier_sessions": [0, 1, 2, 0],
            "would_advance": [True, False, True, True],
            "technical": [3.0, None, None, None],
            "problem_solving": [4.0, None, None, 3.0],
        }
    )


def rows() -> pd.DataFrame:
    numbers = {
        "interviewer": {"a": 0.5, "b": -0.25},
        "company": {"k": -0.2},
        "fixed": {
            "intercept": 0.1,
            "is_real": -0.3,
            "practice": 0.2,
            "type:algorithms": 0.0,
            "type:behavioral": 0.4,
        },
        "variance": {"candidate": 0.5, "interviewer": 0.1, "company": 0.1, "residual": 0.25},
        "item": {
            "would_advance:mean": 0.6,
            "would_advance:sd": 0.5,
            "real_would_advance:mean": 0.7,
            "real_would_advance:sd": 0.5,
            "technical:mean": 2.0,
            "technical:sd": 0.8,
            "real_technical:mean": 0.0,
            "real_technical:sd": 0.8,
            "problem_solving:mean": 3.0,
            "problem_solving:sd": 1.0,
            "real_problem_solving:mean": 0.0,
            "real_problem_solving:sd": 1.0,
        },
    }
    return pd.DataFrame(
        [(facet, level, value) for facet, part in numbers.items() for level, value in part.items()],
        columns=["facet", "level", "estimate"],
    )


def test_abilities_come_from_earlier_judgements_net_of_who_gave_them() -> None:
    found = abilities_from_earlier(judgements(), rows())
    practice = 0.2 * np.log1p([0, 1, 2, 0])
    # s1: z = mean(.8, 1.25, 1) = 1.01667; less intercept .1 and leniency .5 = .41667.
    first = (0.8 + 1.25 + 1.0) / 3 - 0.1 - 0.5
    # s2: z = -1.2; less .1, practice, type .4, leniency -.25.
    second = -1.2 - 0.1 - practice[1] - 0.4 + 0.25
    assert found.n_others.tolist() == [0, 1, 2, 0]
    # .5/(.5 + .25/1) and .5/(.5 + .25/2)
    assert found.reliability == pytest.approx([0.0, 2 / 3, 0.8, 0.0])
    expected = [0.0, first * 2 / 3, (first + second) / 2 * 0.8, 0.0]
    assert found.ability == pytest.approx(np.array(expected) + practice)
    # The bar of a company is no leniency, and an interviewer unknown to the fit has none.
    assert found.leniency.tolist() == [0.5, -0.25, 0.0, 0.0]


def test_the_composite_has_one_scale_for_mock_and_real() -> None:
    panel = judgements()
    is_real = panel["is_real"].to_numpy()
    scale = learn_scale(panel, is_real)
    assert scale.constants["would_advance:mean"] == pytest.approx(2 / 3)
    assert scale.constants["real_would_advance:mean"] == 1.0
    # Within mock: two of three; within real: one alone. Pooled: (2/3)/2.
    assert scale.constants["would_advance:sd"] == pytest.approx(np.sqrt(1 / 3))
    assert scale.constants["real_would_advance:sd"] == scale.constants["would_advance:sd"]
    assert scale.constants["technical:sd"] == 1.0
    z = scale.composite(panel, is_real)
    assert z[1] == pytest.approx((0 - 2 / 3) / np.sqrt(1 / 3))
    assert z[2] == 0.0
    nothing = panel.assign(would_advance=None, technical=None, problem_solving=None)
    assert np.isnan(scale.composite(nothing, is_real)).all()


@pytest.mark.parametrize(
    ("yes_prob", "score"),
    [
        (0.5, 0.0),
        (1.0, 4.0),
        (0.0, -4.0),
        # 75 % against 60 % is an odds ratio of 2: 2/3 at the bar.
        (2 / 3, 1.66),
        (1 / 3, -1.66),
        # +3 says yes 1.7 times as often.
        (2**0.75 / 2, 3.0),
    ],
)
def test_accuracy_score(yes_prob: float, score: float) -> None:
    assert accuracy_score(np.array([yes_prob]))[0] == pytest.approx(score, abs=0.005)


def test_comparison_sets_join_who_judged_the_same_candidates() -> None:
    panel = pd.DataFrame(
        {
            "session_id": [f"s{k}" for k in range(7)],
            "is_real": [False, False, False, False, False, True, False],
            "candidate_key": ["c1", "c1", "c2", "c2", "c3", "c3", "c4"],
            "interviewer_id": ["a", "b", "b", "c", "d", None, "e"],
            "company_id": [None, None, None, None, None, "k", None],
            "interview_type": "algorithms",
            "n_earlier_sessions": [0, 1, 0, 1, 0, 1, 0],
            "would_advance": [True, False, True, True, False, True, False],
            "technical": [3, 2, 4, 3, 2, 4, 1],
            "problem_solving": [3, 2, 4, 4, 2, 3, 1],
        }
    )
    fitted = fit_interviewer_leniency(panel)
    table = fitted.table[fitted.table["facet"].isin(["interviewer", "company"])]
    sets = table.set_index("level")["comparison_set_id"].to_dict()
    assert sets == {"a": "1", "b": "1", "c": "1", "d": "2", "k": "2", "e": "3"}
    assert fitted.diagnostics["n_comparison_sets"] == 3
    shuffled = fit_interviewer_leniency(panel.sample(frac=1, random_state=1)).table
    assert shuffled["level"].tolist() == fitted.table["level"].tolist()
    assert shuffled["comparison_set_id"].tolist() == fitted.table["comparison_set_id"].tolist()
