"""Forms whose items say the same are told from forms whose items do not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pytest

from python_models.calibration.composite import ITEMS
from python_models.calibration.item_agreement import ItemAgreement, find_item_agreement
from python_models.calibration.joint_logistic import JointLogistic
from python_models.crossed_effects import CrossedEffects
from python_models.simulation import WORLDS, simulate

SEEDS = range(4)


@dataclass(frozen=True)
class Form:
    """What a mark is made of, beside the impression behind the verdict.

    Parameters
    ----------
    shared
        Weight of the impression; the rest is another impression, of candidate and judge.
    own_noise
        Whether the marks see the same candidate and bias, but noise of their own.
    own_bias
        Standard deviation of a bias that a judge has in marks only.
    """

    shared: float = 1.0
    own_noise: bool = False
    own_bias: float = 0.0


@dataclass(frozen=True)
class Judgements:
    """Items by name, who was judged by whom, and each judge's true bias in verdicts."""

    items: dict[str, np.ndarray]
    owner: np.ndarray
    judge: np.ndarray
    bias: np.ndarray

    def agreement(self, **settings: float) -> ItemAgreement:
        found: ItemAgreement = find_item_agreement(
            self.items,
            owner=self.owner,
            facets=[self.judge],
            **settings,  # type: ignore[arg-type]
        )
        return found


@cache
def draw(form: Form, seed: int, n: int = 12_000) -> Judgements:
    """250 judges; spreads of ability, bias and noise are the base world's."""
    rng = np.random.default_rng(seed)
    owner = np.unique(rng.integers(0, 2_500, n), return_inverse=True)[1]
    judge = rng.integers(0, 250, n)
    ability, bias, noise = rng.normal(0, 0.8, 2_500), rng.normal(0, 0.5, 250), rng.normal(0, 0.8, n)
    other = rng.normal(0, 0.8, 2_500)[owner] + rng.normal(0, 0.5, 250)[judge]
    other = other + rng.normal(0, 0.8, n)
    seen = noise if not form.own_noise else rng.normal(0, 0.8, n)
    known = ability[owner] + bias[judge]
    marked = form.shared * (known + seen) + np.sqrt(1 - form.shared**2) * other
    marked = marked + rng.normal(0, 1, 250)[judge] * form.own_bias
    marks = [np.digitize(marked + rng.normal(0, 0.4, n), [-1, 0, 1]) + 1.0 for _ in range(2)]
    verdict = (known + noise > 0).astype(float)
    return Judgements(dict(zip(ITEMS, [verdict, *marks], strict=True)), owner, judge, bias)


def correlations(form: Form) -> tuple[float, float]:
    """r(leniency, true bias) by the composite, and by verdicts alone."""
    composite, verdicts = [], []
    for seed in SEEDS:
        drawn = draw(form, seed)
        parts = [(item - item.mean()) / item.std() for item in drawn.items.values()]
        where = {"owner": drawn.owner, "facets": [drawn.judge]}
        X = np.ones((len(drawn.owner), 1))
        linear = CrossedEffects().fit(X, np.mean(parts, axis=0), **where)
        logistic = JointLogistic().fit(X, drawn.items["would_advance"], **where)
        composite.append(np.corrcoef(linear.effects_[0], drawn.bias)[0, 1])
        verdicts.append(np.corrcoef(logistic.effects_[0], drawn.bias)[0, 1])
    return float(np.mean(composite)), float(np.mean(verdicts))


@pytest.mark.parametrize("form", [Form(), Form(own_noise=True)])
def test_where_items_agree_the_composite_is_the_better_model(form: Form) -> None:
    assert {draw(form, seed).agreement().finding for seed in SEEDS} == {"agree"}
    composite, verdicts = correlations(form)
    assert composite > verdicts


@pytest.mark.parametrize("form", [Form(shared=0.0), Form(shared=0.5), Form(own_bias=0.5)])
def test_where_items_disagree_verdicts_alone_are_better(form: Form) -> None:
    assert {draw(form, seed).agreement().finding for seed in SEEDS} == {"disagree"}
    composite, verdicts = correlations(form)
    assert verdicts > composite + 0.1


def test_both_correlations_are_those_of_the_truth() -> None:
    form = Form(own_bias=0.5)
    pairs = [draw(form, seed).agreement().pairs.loc[0] for seed in SEEDS]
    # Of judges: .5/sqrt(.5² + .5²). Of the noise, as in the base form, cut into yes and no.
    judges = np.array([row["judge_correlation"] for row in pairs])
    assert judges.mean() == pytest.approx(np.sqrt(0.5), abs=0.06)
    errors = np.array([row["judge_correlation_se"] for row in pairs])
    assert (np.abs(judges - np.sqrt(0.5)) < 3 * errors).all()
    noise = [row["residual_correlation"] for row in pairs]
    assert np.mean(noise) == pytest.approx(0.63, abs=0.03)


def platform(name: str) -> Judgements:
    tables = simulate(WORLDS[name], 1).tables
    sessions = tables["sessions"].to_pandas().query("kind == 'mock'")
    rows = sessions.merge(tables["interviewer_feedback"].to_pandas(), on="session_id")
    rows = rows.dropna(subset="candidate_id")
    codes = [pd.factorize(rows[name])[0] for name in ("candidate_id", "interviewer_id")]
    items = {item: rows[item].astype(float).to_numpy() for item in ITEMS}
    return Judgements(items, *codes, bias=np.empty(0))


def test_the_simulated_form_agrees_and_shuffled_marks_do_not() -> None:
    drawn = platform("few")
    found = drawn.agreement()
    assert found.finding == "agree"
    assert "judge correlation" in found.reason
    with_verdict = found.pairs.iloc[:2]
    assert with_verdict["judge_correlation"].between(0.97, 1.03).all()
    assert with_verdict["residual_correlation"].between(0.6, 0.7).all()
    rng = np.random.default_rng(1)
    shuffled = drawn.items | {item: rng.permutation(drawn.items[item]) for item in ITEMS[1:]}
    found = Judgements(shuffled, drawn.owner, drawn.judge, drawn.bias).agreement()
    # No judge differs in marks that were dealt out by lot: the noise decides.
    assert found.finding == "disagree"
    assert "residual correlation" in found.reason


def test_judges_without_bias_leave_it_to_the_noise() -> None:
    found = platform("null").agreement()
    assert found.pairs["judge_correlation"].isna().all()
    assert (found.finding, found.reason[:8]) == ("agree", "residual")
