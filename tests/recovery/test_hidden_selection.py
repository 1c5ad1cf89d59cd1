"""The bounds of hidden selection are what a refit under it would find (B5)."""

import numpy as np
import pandas as pd
import pytest

from python_models.calibration.hidden_selection import leniency_per_hidden_ability
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency
from python_models.calibration.judgement_rows import judgement_rows
from python_models.crossed_effects import CrossedEffects

SEEDS = range(4)
ABILITY_SD, NOISE_SD, N_MOCKS = 0.7, 0.6, 3


def _judgements(seed: int, seen: float) -> tuple[pd.DataFrame, np.ndarray, float]:
    """Three mocks for each candidate; who goes on is decided by them, and by part of the rest.

    Returns the judgements, each interviewer's bias against the companies, and by how much those
    who stay are worse than those with equal mocks who go on.
    """
    rng = np.random.default_rng(seed)
    n_candidates, n_interviewers = 6_000, 60
    bias = rng.normal(0, 0.3, n_interviewers)
    ability = rng.normal(0, ABILITY_SD, n_candidates)
    who = rng.integers(0, n_interviewers, (n_candidates, N_MOCKS))
    noise = rng.normal(0, NOISE_SD, who.shape)
    z = ability[:, None] + bias[who] + noise
    reliability = ABILITY_SD**2 / (ABILITY_SD**2 + NOISE_SD**2 / N_MOCKS)
    told = (ability + noise.mean(axis=1)) * reliability
    rest = ability - told
    goes_on = 0.8 * told + seen * rest + rng.normal(0, 0.5, n_candidates) > 0.2
    hidden = rest[goes_on].mean() - rest[~goes_on].mean()
    real = (ability + rng.normal(0, NOISE_SD, n_candidates))[goes_on]
    mocks = pd.DataFrame({"candidate_key": np.repeat(np.arange(n_candidates), N_MOCKS)})
    mocks = mocks.assign(interviewer_id=[f"i{k:02d}" for k in who.ravel()], z=z.ravel())
    reals = pd.DataFrame({"candidate_key": np.flatnonzero(goes_on), "company_id": "acme"})
    frame = pd.concat(
        [mocks.assign(is_real=False), reals.assign(is_real=True, z=real)], ignore_index=True
    )
    frame = frame.assign(
        session_id=np.arange(len(frame)), interview_type="algorithms", n_earlier_sessions=0
    )
    return frame, bias, float(hidden)


def _fitted(frame: pd.DataFrame):
    rows = judgement_rows(frame, frame["is_real"].to_numpy(dtype=bool))
    z = frame["z"].to_numpy() - frame["z"].mean()
    return CrossedEffects().fit(rows.X, z, owner=rows.candidate, facets=rows.facets), rows, z


def _against_companies(model: CrossedEffects, rows) -> np.ndarray:
    return model.effects_[0] - model.coef_[rows.fixed_names.index("is_real")]


def _errors(seed: int, seen: float) -> tuple[float, float, float]:
    """How far leniency is off on the mean, as it is and corrected; and what was hidden."""
    frame, bias, hidden = _judgements(seed, seen)
    model, rows, z = _fitted(frame)
    leniency = _against_companies(model, rows)
    corrected = leniency + hidden * leniency_per_hidden_ability(model, rows, z)
    truth = bias[[int(level[1:]) for level in rows.interviewers]]
    return float((leniency - truth).mean()), float((corrected - truth).mean()), hidden


def test_the_true_strength_of_selection_gives_the_true_leniency() -> None:
    """At that strength, which nobody knows: bounds hold the truth if they reach it.

    A quarter of the error may stay, since what is hidden is not as much for everybody: less for
    those whom nearly all would send on.
    """
    found = np.array([_errors(seed, seen=1.5) for seed in SEEDS])
    naive, corrected, hidden = found.mean(axis=0)
    assert hidden > 0.2
    # Companies met better candidates than the forms say, and look easier than they are.
    assert naive < -0.1
    assert abs(corrected) < 0.25 * abs(naive), found


def test_selection_by_judgements_alone_needs_no_correction() -> None:
    naive = np.array([_errors(seed, seen=0.0)[0] for seed in SEEDS])
    assert abs(naive.mean()) < 0.02


def test_nobody_is_moved_by_more_than_all_that_is_hidden() -> None:
    frame, _, _ = _judgements(0, seen=1.5)
    slopes = leniency_per_hidden_ability(*_fitted(frame))
    assert (slopes > 0).all()
    assert (slopes < 1.0).all()


@pytest.mark.parametrize("n_real", [0, 1])
def test_hardly_any_companies_are_no_error(n_real: int) -> None:
    frame, _, _ = _judgements(0, seen=0.0)
    kept = pd.concat([frame[~frame["is_real"]], frame[frame["is_real"]].head(n_real)])
    kept = kept.assign(would_advance=kept["z"] > 0, technical=np.nan, problem_solving=np.nan)
    table = fit_interviewer_leniency(kept).table
    slopes = table.loc[table["facet"] == "hidden_selection", "estimate"]
    assert len(slopes) == (60 if n_real else 0)
    assert np.isfinite(slopes).all()
