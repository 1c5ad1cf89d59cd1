"""The joint logistic by its derivatives, by a one-dimensional integral, and where data are few."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import clone

from python_models.calibration.joint_logistic import JointLogistic
from python_models.calibration.laplace_likelihood import LaplaceLikelihood
from python_models.calibration.verdict_rows import build_rows

FloatArray = np.ndarray


def crossed(seed: int = 0, n: int = 600) -> dict[str, FloatArray]:
    """A few rows have an interviewer and a company, as no judgement has: the model allows it."""
    rng = np.random.default_rng(seed)
    owner = np.unique(rng.integers(0, 150, n), return_inverse=True)[1]
    is_real = rng.random(n) < 0.3
    interviewer = np.where(is_real & (rng.random(n) < 0.8), -1, rng.integers(0, 12, n))
    company = np.where(is_real, rng.integers(0, 6, n), -1)
    X = np.column_stack([np.ones(n), is_real, rng.normal(size=n)]).astype(float)
    log_odds = X @ [0.3, -0.4, 0.3] + rng.normal(0, 1.2, 150)[owner]
    log_odds += np.where(interviewer >= 0, rng.normal(0, 0.7, 12)[interviewer], 0.0)
    y = (rng.random(n) < expit(log_odds)).astype(float)
    return {"X": X, "y": y, "owner": owner, "interviewer": interviewer, "company": company}


def fit(data: dict[str, FloatArray], **settings: object) -> JointLogistic:
    model = JointLogistic(**settings)  # type: ignore[arg-type]
    facets = [data["interviewer"], data["company"]]
    return model.fit(data["X"], data["y"], owner=data["owner"], facets=facets)


@pytest.mark.parametrize("is_dense", [True, False])
def test_the_gradient_is_that_of_the_value(is_dense: bool) -> None:
    data = crossed()
    facets = [data["interviewer"], data["company"]]
    rows = build_rows(data["X"], data["y"], data["owner"], facets)
    likelihood = LaplaceLikelihood(rows, is_dense)
    point = np.array([0.2, -0.3, 0.2, 0.1, -0.9, -1.5])

    def value(at: FloatArray) -> float:
        return likelihood.value_and_gradient(at[:3], at[3:])[0]

    _, by_coef, by_variance = likelihood.value_and_gradient(point[:3], point[3:])
    numeric = [(value(point + step) - value(point - step)) / 2e-4 for step in 1e-4 * np.eye(6)]
    assert np.concatenate([by_coef, by_variance]) == pytest.approx(numeric, abs=1e-3)


def test_the_value_is_that_of_the_textbook_with_explicit_matrices() -> None:
    data = crossed(n=200)
    names = ("owner", "interviewer", "company")
    facets = [data[name] for name in names[1:]]
    rows = build_rows(data["X"], data["y"], data["owner"], facets)
    variances, coef = np.array([1.1, 0.4, 0.2]), np.array([0.2, -0.3, 0.2])
    blocks = [(data[name][:, None] == np.arange(data[name].max() + 1)) * 1.0 for name in names]
    Z, spread = np.hstack(blocks), np.repeat(variances, [block.shape[1] for block in blocks])
    effects = np.zeros(Z.shape[1])
    for _ in range(50):
        prob = expit(data["X"] @ coef + Z @ effects)
        curvature = (Z.T * (prob * (1 - prob))) @ Z + np.diag(1 / spread)
        slope = Z.T @ (data["y"] - prob) - effects / spread
        effects = effects + np.linalg.solve(curvature, slope)
    predictor = data["X"] @ coef + Z @ effects
    expected = data["y"] @ predictor - np.logaddexp(0, predictor).sum()
    expected -= 0.5 * (effects**2 / spread).sum() + 0.5 * np.linalg.slogdet(curvature)[1]
    expected -= 0.5 * np.log(spread).sum()
    found = LaplaceLikelihood(rows, True).value_and_gradient(coef, np.log(variances))[0]
    assert found == pytest.approx(expected, abs=1e-4)


def test_it_is_an_estimator_like_the_linear_one() -> None:
    data = crossed()
    model = fit(data, tol=1e-4)
    again = clone(model)
    assert again.get_params()["tol"] == 1e-4
    assert not hasattr(again, "coef_")
    assert [len(part) for part in model.effects_] == [len(part) for part in model.ses_] == [12, 6]
    assert len(model.owner_effects_) == data["owner"].max() + 1
    assert model.n_iter_ > 0
    assert np.isfinite(model.log_likelihood_)


def test_known_variances_are_kept() -> None:
    model = fit(crossed(), variances=[1.0, 0.5, 0.25])
    assert model.owner_variance_ == pytest.approx(1.0)
    assert model.facet_variances_ == pytest.approx([0.5, 0.25])
    assert model.has_converged_


def test_without_real_interviews_companies_have_no_levels() -> None:
    data = crossed(n=900)
    is_mock = data["company"] < 0
    mocks = {name: values[is_mock] for name, values in data.items()}
    mocks["owner"] = np.unique(mocks["owner"], return_inverse=True)[1]
    mocks["X"] = mocks["X"][:, [0, 2]]
    for max_dense in (2000, 1):
        model = fit(mocks, max_dense=max_dense)
        assert model.has_converged_
        assert len(model.effects_[1]) == len(model.ses_[1]) == 0
        assert model.facet_variances_[1] == 0.0
        assert model.facet_variances_[0] > 0.05


@pytest.mark.parametrize("said", [0.0, 1.0])
def test_all_alike_is_nothing_to_learn(said: float) -> None:
    data = crossed()
    model = fit(data | {"y": np.full(len(data["y"]), said)})
    assert not model.has_converged_
    assert np.sign(model.coef_[0]) == (1 if said else -1)
    assert np.abs(model.coef_[1:]).max() < 1e-9
    assert np.isnan(model.coef_ses_).all()
    assert not np.concatenate(model.effects_).any()
    assert model.owner_variance_ == 0.0


def test_one_interviewer_cannot_differ_from_others() -> None:
    data = crossed()
    one = np.where(data["interviewer"] >= 0, 0, -1)
    model = fit(data | {"interviewer": one})
    assert model.has_converged_
    assert np.isfinite(model.coef_).all()
    assert np.abs(model.effects_[0]).max() < 0.5


def test_candidates_seen_once_have_no_variance_of_their_own() -> None:
    data = crossed()
    model = fit(data | {"owner": np.arange(len(data["y"]))})
    assert model.has_converged_
    assert model.owner_variance_ == pytest.approx(0.0, abs=1e-5)


def test_a_column_that_is_all_yes_stays_finite() -> None:
    data = crossed()
    y = np.where(data["X"][:, 1] > 0, 1.0, data["y"])
    model = fit(data | {"y": y})
    assert 4 < model.coef_[1] < 20
    assert np.isfinite(model.coef_ses_).all()
    assert np.isfinite(np.concatenate(model.effects_)).all()


def test_what_is_no_verdict_is_refused() -> None:
    data = crossed()
    for wrong in (np.nan, 2.0):
        y = data["y"].copy()
        y[3] = wrong
        with pytest.raises(ValueError, match="0 or 1"):
            fit(data | {"y": y})


def test_rows_without_interviewer_or_company_are_allowed() -> None:
    data = crossed()
    nobody = np.full(len(data["y"]), -1)
    model = fit(data | {"interviewer": nobody, "company": nobody})
    assert model.has_converged_
    assert model.owner_variance_ > 0.2
