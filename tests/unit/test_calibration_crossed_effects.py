"""The eliminated, sparse mixed model against the textbook one with explicit matrices."""

import itertools

import numpy as np
import pytest

from python_models.calibration.crossed_effects import CrossedEffects

FloatArray = np.ndarray


def crossed_data(seed: int = 2, n: int = 300) -> dict[str, FloatArray]:
    rng = np.random.default_rng(seed)
    owner, is_real = rng.integers(0, 80, n), rng.random(n) < 0.3
    owner = np.unique(owner, return_inverse=True)[1]
    interviewer = np.where(is_real, -1, rng.integers(0, 12, n))
    company = np.where(is_real, rng.integers(0, 6, n), -1)
    X = np.column_stack([np.ones(n), is_real.astype(float), rng.normal(size=n)])
    y = (
        X @ [0.5, -0.4, 0.3]
        + rng.normal(0, 0.7, 80)[owner]
        + np.where(is_real, 0.0, rng.normal(0, 0.5, 12)[interviewer])
        + np.where(is_real, rng.normal(0, 0.4, 6)[company], 0.0)
        + rng.normal(0, 0.6, n)
    )
    return {"X": X, "y": y, "owner": owner, "interviewer": interviewer, "company": company}


def fitted(data: dict[str, FloatArray], **settings: float) -> CrossedEffects:
    model = CrossedEffects(**settings)  # type: ignore[arg-type]
    facets = [data["interviewer"], data["company"]]
    return model.fit(data["X"], data["y"], owner=data["owner"], facets=facets)


def indicators(data: dict[str, FloatArray]) -> list[FloatArray]:
    names = ("owner", "interviewer", "company")
    return [(data[name][:, None] == np.arange(data[name].max() + 1)) * 1.0 for name in names]


def restricted_log_likelihood(data: dict[str, FloatArray], variances: list[float]) -> float:
    """Textbook REML; variances: residual, owner, interviewer, company."""
    covariance = variances[0] * np.eye(len(data["y"]))
    for Z, variance in zip(indicators(data), variances[1:], strict=True):
        covariance = covariance + variance * Z @ Z.T
    inverse, X = np.linalg.inv(covariance), data["X"]
    information = X.T @ inverse @ X
    residual = data["y"] - X @ np.linalg.solve(information, X.T @ inverse @ data["y"])
    return -0.5 * float(
        np.linalg.slogdet(covariance)[1]
        + np.linalg.slogdet(information)[1]
        + residual @ inverse @ residual
    )


def test_variances_maximise_the_restricted_likelihood() -> None:
    data = crossed_data()
    model = fitted(data, tol=1e-7, max_iter=500)
    assert model.has_converged_
    best = [model.residual_variance_, model.owner_variance_, *model.facet_variances_]
    top = restricted_log_likelihood(data, best)
    for part in range(4):
        for factor in (0.97, 1.03):
            moved = [v * factor if i == part else v for i, v in enumerate(best)]
            assert restricted_log_likelihood(data, moved) < top


def test_effects_and_their_errors_equal_the_explicit_solution() -> None:
    data = crossed_data()
    model = fitted(data)
    noise = model.residual_variance_
    blocks = [data["X"], *indicators(data)]
    spreads = [model.owner_variance_, *model.facet_variances_]
    penalty = np.concatenate(
        [
            np.zeros(3),
            *(np.full(Z.shape[1], noise / v) for Z, v in zip(blocks[1:], spreads, strict=True)),
        ]
    )
    W = np.hstack(blocks)
    inverse = np.linalg.inv(W.T @ W + np.diag(penalty))
    solution, ses = inverse @ W.T @ data["y"], np.sqrt(noise * np.diag(inverse))
    bounds = np.cumsum([0, *(block.shape[1] for block in blocks)])
    fixed, owners, interviewers, companies = (slice(*pair) for pair in itertools.pairwise(bounds))
    assert model.coef_ == pytest.approx(solution[fixed], abs=1e-8)
    assert model.coef_ses_ == pytest.approx(ses[fixed], abs=1e-8)
    assert model.owner_effects_ == pytest.approx(solution[owners], abs=1e-8)
    for i, part in enumerate((interviewers, companies)):
        assert model.effects_[i] == pytest.approx(solution[part], abs=1e-8)
        assert model.ses_[i] == pytest.approx(ses[part], abs=1e-8)


def test_beyond_the_dense_limit_the_estimates_stay_the_same() -> None:
    data = crossed_data(n=6000)
    rng = np.random.default_rng(9)
    is_mock = data["interviewer"] >= 0
    data["interviewer"] = np.where(is_mock, rng.integers(0, 400, 6000), -1)
    data["y"] = data["y"] + np.where(is_mock, rng.normal(0, 0.4, 400)[data["interviewer"]], 0)
    dense, iterative = fitted(data), fitted(data, max_dense=1)
    assert iterative.effects_[0] == pytest.approx(dense.effects_[0], abs=0.02)
    assert iterative.facet_variances_[0] == pytest.approx(dense.facet_variances_[0], rel=0.05)
    assert iterative.residual_variance_ == pytest.approx(dense.residual_variance_, rel=0.02)
    # The stand-in for the inverse errs on the sure side, as the docstring says, by little.
    ratio = iterative.ses_[0] / dense.ses_[0]
    assert ratio.max() < 1.0
    assert ratio.min() > 0.95


def test_a_factor_without_effect_gets_none() -> None:
    data = crossed_data(n=2000)
    rng = np.random.default_rng(8)
    data["interviewer"] = np.where(data["interviewer"] < 0, -1, rng.integers(0, 300, 2000))
    data["y"] = data["X"] @ [0.5, -0.4, 0.3] + rng.normal(0, 0.6, 2000)
    model = fitted(data)
    assert model.has_converged_
    assert model.facet_variances_[0] < 0.02 * model.residual_variance_
    assert np.abs(model.effects_[0]).max() < 0.1
