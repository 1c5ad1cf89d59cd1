"""The eliminated, sparse mixed model against the textbook one with explicit matrices."""

import itertools

import numpy as np
import pytest

from python_models.crossed_effects import CrossedEffects

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


def many_interviewers() -> dict[str, FloatArray]:
    data = crossed_data(n=6000)
    rng = np.random.default_rng(9)
    is_mock = data["interviewer"] >= 0
    data["interviewer"] = np.where(is_mock, rng.integers(0, 400, 6000), -1)
    data["y"] = data["y"] + np.where(is_mock, rng.normal(0, 0.4, 400)[data["interviewer"]], 0)
    return data


def test_beyond_the_dense_limit_the_estimates_stay_the_same() -> None:
    data = many_interviewers()
    dense, probed = fitted(data), fitted(data, max_dense=1)
    assert dense.is_exact_
    assert not probed.is_exact_
    assert probed.has_converged_
    # Companies are six, each a large share of all: probes tell their variance least.
    for facet, tolerance in ((0, 0.003), (1, 0.03)):
        expected = pytest.approx(dense.facet_variances_[facet], rel=tolerance)
        assert probed.facet_variances_[facet] == expected
    assert probed.owner_variance_ == pytest.approx(dense.owner_variance_, rel=0.01)
    assert probed.residual_variance_ == pytest.approx(dense.residual_variance_, rel=0.001)
    assert probed.effects_[0] == pytest.approx(dense.effects_[0], abs=0.003)
    assert probed.coef_ == pytest.approx(dense.coef_, abs=0.001)
    assert probed.variance_ses_ == pytest.approx(dense.variance_ses_, rel=0.05)
    # As the docstring says: within a hundredth where everybody meets everybody.
    assert probed.ses_[0] == pytest.approx(dense.ses_[0], rel=0.01)


def test_at_equal_variances_the_iterative_solution_is_the_exact_one() -> None:
    data = many_interviewers()
    # No round is run: both solve at the starting variances.
    dense, probed = (fitted(data, max_iter=0, max_dense=limit) for limit in (5000, 1))
    assert probed.coef_ == pytest.approx(dense.coef_, abs=1e-7)
    assert probed.coef_ses_ == pytest.approx(dense.coef_ses_, rel=1e-6)
    assert probed.owner_effects_ == pytest.approx(dense.owner_effects_, abs=1e-7)
    for facet in (0, 1):
        assert probed.effects_[facet] == pytest.approx(dense.effects_[facet], abs=1e-7)


def test_probes_repeat_themselves_and_their_seed_hardly_matters() -> None:
    data = many_interviewers()
    first, again, other = (fitted(data, max_dense=1, random_state=seed) for seed in (0, 0, 1))
    assert first.facet_variances_ == again.facet_variances_
    assert np.array_equal(first.ses_[0], again.ses_[0])
    assert first.facet_variances_ != other.facet_variances_
    assert other.facet_variances_[0] == pytest.approx(first.facet_variances_[0], rel=0.01)


def test_in_closed_cliques_more_probes_tell_one_level_from_another() -> None:
    # A third of the interviewers share their candidates in fives, and with nobody else.
    rng = np.random.default_rng(4)
    n, size = 6000, 300
    interviewer, in_clique = rng.integers(0, size, n), np.arange(size) < 100
    owner = np.where(in_clique[interviewer], interviewer // 5, rng.integers(20, 1500, n))
    owner = np.unique(owner, return_inverse=True)[1]
    y = rng.normal(0, 0.4, size)[interviewer] + rng.normal(0, 0.7, owner.max() + 1)[owner]
    y = y + rng.normal(0, 0.6, n)

    def ses(**settings: int) -> FloatArray:
        model = CrossedEffects(**settings)
        return model.fit(np.ones((n, 1)), y, owner=owner, facets=[interviewer]).ses_[0]

    exact, few, many = ses(), ses(max_dense=1), ses(max_dense=1, n_probes=128)
    # Such levels are twice as uncertain as their counts say.
    assert exact[in_clique].mean() > 1.3 * exact[~in_clique].mean()
    assert few == pytest.approx(exact, rel=0.4)
    assert few.mean() == pytest.approx(exact.mean(), rel=0.05)
    assert many == pytest.approx(exact, rel=0.2)
    assert many.mean() == pytest.approx(exact.mean(), rel=0.01)


def test_a_factor_without_effect_gets_none() -> None:
    data = crossed_data(n=2000)
    rng = np.random.default_rng(8)
    data["interviewer"] = np.where(data["interviewer"] < 0, -1, rng.integers(0, 300, 2000))
    data["y"] = data["X"] @ [0.5, -0.4, 0.3] + rng.normal(0, 0.6, 2000)
    model = fitted(data)
    assert model.has_converged_
    assert model.facet_variances_[0] < 0.02 * model.residual_variance_
    assert np.abs(model.effects_[0]).max() < 0.1


def test_owners_without_any_level_count_in_the_probed_fit_as_well() -> None:
    data = many_interviewers()
    # Rows of mocks and real interviews of owners 0 to 9 lose their level.
    is_bare = data["owner"] < 10
    for name in ("interviewer", "company"):
        data[name] = np.where(is_bare, -1, data[name])
    dense, probed = fitted(data), fitted(data, max_dense=1)
    # Variances differ by what the probes leave open, and with them all effects a little.
    assert probed.owner_effects_ == pytest.approx(dense.owner_effects_, abs=0.01)
    assert np.abs(probed.owner_effects_[:10]).min() > 0
    assert probed.effects_[0] == pytest.approx(dense.effects_[0], abs=0.003)
