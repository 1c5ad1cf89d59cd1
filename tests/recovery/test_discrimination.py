"""Sharp interviewers are told from noisy ones, whatever their leniency (B4)."""

from dataclasses import replace

import numpy as np
import pytest

from python_models.calibration.discrimination import discriminate
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency
from python_models.simulation import WORLDS, simulate
from tests.recovery.judgement_panels import judgement_panel

SEEDS = range(4)
ABILITY_VARIANCE, NOISE_VARIANCE, SPREAD = 0.5, 0.4, 0.4


def _drawn(seed: int, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Residuals of a model that holds exactly, candidates, interviewers, true log variances."""
    rng = np.random.default_rng(seed)
    n_candidates, n_interviewers, n_each = 8_000, 300, 5
    theta = rng.normal(0, spread, n_interviewers)
    theta -= np.log(np.mean(np.exp(theta)))
    candidate = np.repeat(np.arange(n_candidates), n_each)
    interviewer = rng.integers(0, n_interviewers, len(candidate))
    ability = rng.normal(0, np.sqrt(ABILITY_VARIANCE), n_candidates)[candidate]
    sd = np.sqrt(NOISE_VARIANCE * np.exp(theta[interviewer]))
    return ability + sd * rng.standard_normal(len(candidate)), candidate, interviewer, theta


def _found(seed: int, spread: float):
    residual, candidate, interviewer, theta = _drawn(seed, spread)
    found = discriminate(
        residual,
        np.zeros(len(residual)),
        candidate,
        interviewer,
        candidate_variance=ABILITY_VARIANCE,
        residual_variance=NOISE_VARIANCE,
    )
    return found, -(theta - theta.mean())


def test_true_sharpness_is_found_and_covered() -> None:
    correlations, covers, slopes = [], [], []
    for seed in SEEDS:
        found, truth = _found(seed, SPREAD)
        correlations.append(np.corrcoef(found.estimate, truth)[0, 1])
        slopes.append(np.polyfit(found.estimate, truth, 1)[0])
        covers.append((np.abs(found.estimate - truth) < 1.645 * found.se).mean())
    # 133 judgements on five-times judged candidates: the ceiling of such estimates is about .93.
    assert np.mean(correlations) > 0.85
    assert 0.84 < np.mean(covers) < 0.95
    # One Fisher step from equal variances falls a little short where they differ much.
    assert 0.9 < np.mean(slopes) < 1.3


def test_where_all_are_alike_nobody_stands_out() -> None:
    for seed in SEEDS:
        found, _ = _found(seed, 0.0)
        is_out = np.abs(found.estimate) > 1.645 * np.maximum(found.se, 1e-12)
        assert is_out.mean() < 0.02


@pytest.mark.slow
def test_noise_of_a_platforms_interviewers_shows_apart_from_leniency() -> None:
    world = replace(
        WORLDS["base"],
        n_interviewers=400,
        n_candidates=9_800,
        weeks=120,
        judgement_noise_spread=0.25,
    )
    platform = simulate(world, 31)
    table = fit_interviewer_leniency(judgement_panel(platform)).table
    by_level = {facet: part.set_index("level") for facet, part in table.groupby("facet")}
    people = by_level["discrimination"].join(
        platform.truth["interviewers"].set_index("interviewer_id")
    )
    people["leniency"] = by_level["interviewer"]["estimate"]
    people = people[people["n_judgements"] >= 30]
    truth = -2.0 * np.log(people["judgement_noise"])
    assert people["estimate"].corr(truth) > 0.6
    # Marks pile up at the ends of the form for strict and lenient alike; that is no sharpness.
    assert abs(people["estimate"].corr(people["leniency"])) < 0.2
    assert abs(people["estimate"].corr(people["leniency"].abs())) < 0.2
