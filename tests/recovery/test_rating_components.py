"""The components of a rating against known truth, and against lme4."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.gaussian_ratings import GaussianWorld, draw_ratings, true_effects
from python_models.experience.rating_components import fit_rating_components
from python_models.fitted_table import FittedTable
from tests.golden.rating_components_data import rating_panel

GOLDEN = Path(__file__).parents[1] / "golden"
SEEDS = range(6)


@pytest.fixture(scope="module")
def fits() -> list[FittedTable]:
    return [fit_rating_components(draw_ratings(GaussianWorld(), seed)) for seed in SEEDS]


def scalars(fitted: FittedTable) -> pd.DataFrame:
    return fitted.table[fitted.table["level"] == ""].set_index("component")


def test_every_component_is_found_within_its_own_error(fits: list[FittedTable]) -> None:
    # Tolerances: some three standard errors of a mean over six worlds of 40,000 ratings, which
    # is 10 % of the variance of 400 interviewers, 3 % of candidates', 1 % of the residual.
    truth = GaussianWorld()
    tolerances = {
        "mean": 0.013,
        "halo": 0.006,
        "trend": 0.003,
        "interviewer_variance": 0.003,
        "candidate_variance": 0.0018,
        "residual_variance": 0.0015,
    }
    mean = pd.concat([scalars(fit)["value"] for fit in fits], axis=1).mean(axis=1)
    for name, tolerance in tolerances.items():
        assert mean[name] == pytest.approx(getattr(truth, name), abs=tolerance), name


def test_standard_errors_are_the_spread_over_worlds(fits: list[FittedTable]) -> None:
    truth, z = GaussianWorld(), []
    names = ("mean", "halo", "trend", "interviewer_variance", "candidate_variance")
    for fit in fits:
        rows = scalars(fit)
        z += [(rows.loc[n, "value"] - getattr(truth, n)) / rows.loc[n, "value_se"] for n in names]
    # Thirty scores of standard deviation 1: their root mean square lies within 1 ± .35.
    assert np.sqrt(np.mean(np.square(z))) == pytest.approx(1.0, abs=0.35)


def test_no_drift_is_found_where_there_is_none(fits: list[FittedTable]) -> None:
    rows = [scalars(fit).loc["drift_variance"] for fit in fits]
    assert sum(row["value"] > 2 * row["value_se"] for row in rows) <= 1


def test_drift_is_found_where_there_is_some() -> None:
    world = GaussianWorld(drift_variance=0.0005)
    found, expected = [], []
    for seed in SEEDS[:4]:
        panel = draw_ratings(world, seed)
        found.append(scalars(fit_rating_components(panel)).loc["drift_variance"])
        # A candidate's leniency takes 1/(n + ratio) of each of its own residuals with it.
        n = panel.groupby("candidate_key")["rating"].transform("size")
        ratio = world.residual_variance / world.candidate_variance
        expected.append(world.drift_variance * ((1 - 1 / (n + ratio)) ** 2).mean())
    drift, ses = (np.array([row[column] for row in found]) for column in ("value", "value_se"))
    assert drift.mean() == pytest.approx(np.mean(expected), rel=0.15)
    assert (np.abs(drift - expected) < 2.5 * ses).all()


def test_effects_have_honest_intervals(fits: list[FittedTable]) -> None:
    covered = []
    for seed, fit in zip(SEEDS, fits, strict=True):
        rows = fit.table.query("component == 'interviewer'")
        truth = true_effects(GaussianWorld(), seed)[rows["level"].astype(int)]
        miss = np.abs(rows["value"].to_numpy() - truth) / rows["value_se"].to_numpy()
        covered.append((miss < 1.645).mean())
    assert 0.88 <= np.mean(covered) <= 0.92


def test_many_interviewers_are_fitted_by_probes_as_well() -> None:
    # A slice of the fifty thousand below: the way above `max_dense`, in seconds.
    world = GaussianWorld(n_ratings=400_000, n_interviewers=5_000, n_candidates=100_000)
    fitted = fit_rating_components(draw_ratings(world, 1))
    assert fitted.diagnostics["is_exact"] is False
    assert fitted.diagnostics["has_converged"] is True
    assert_variances(fitted, world, {"interviewer": 0.07, "candidate": 0.03, "residual": 0.01})


@pytest.mark.slow
def test_fifty_thousand_interviewers_are_within_three_percent() -> None:
    world = GaussianWorld(n_ratings=5_000_000, n_interviewers=50_000, n_candidates=1_250_000)
    fitted = fit_rating_components(draw_ratings(world, 1))
    assert fitted.diagnostics["has_converged"] is True
    assert_variances(fitted, world, {"interviewer": 0.03, "candidate": 0.03, "residual": 0.03})


def assert_variances(
    fitted: FittedTable, world: GaussianWorld, tolerances: dict[str, float]
) -> None:
    found = scalars(fitted)["value"]
    for part, tolerance in tolerances.items():
        name = f"{part}_variance"
        assert found[name] == pytest.approx(getattr(world, name), rel=tolerance), name


def test_lme4_finds_the_same_on_a_simulated_platform() -> None:
    golden = pd.read_csv(GOLDEN / "rating_components.csv").fillna({"level": ""})
    fitted = fit_rating_components(rating_panel())
    both = golden.merge(fitted.table, on=["component", "level"], suffixes=("_lme4", ""))
    assert fitted.n_rows == golden.set_index("component").loc["n_ratings", "value"]
    assert len(both) == len(golden) - 1
    of = both.set_index("component")
    for part in ("interviewer", "candidate", "residual"):
        row = of.loc[f"{part}_variance"]
        assert row["value"] == pytest.approx(row["value_lme4"], rel=0.001)
    for name in ("mean", "halo", "trend"):
        row = of.loc[name]
        assert row["value"] == pytest.approx(row["value_lme4"], abs=0.0002)
        assert row["value_se"] == pytest.approx(row["value_se_lme4"], rel=0.001)
    effects = of.loc["interviewer"]
    assert np.abs(effects["value"] - effects["value_lme4"]).max() < 0.0002
    ratio = effects["value_se"] / effects["value_se_lme4"]
    assert ratio.between(0.999, 1.001).all()
