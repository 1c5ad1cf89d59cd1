"""The joint fit of leaving: against a general optimiser, and however its rows are cut."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from python_models.design import build_design
from python_models.experience import joint_leaving, leaving_rows
from python_models.experience.experience_effects import InterviewerEffects
from python_models.experience.joint_leaving import fit_jointly
from python_models.experience.leaving_rows import LeavingRows, first_step, fit_covariates

TAU2 = 0.2


def sessions(n: int = 3_000, n_interviewers: int = 40, effect_sd: float = 0.5) -> LeavingRows:
    """Interviewers with a main type of interview, so that type and interviewer are entangled."""
    rng = np.random.default_rng(3)
    who = rng.integers(0, n_interviewers, n)
    kind = np.where(rng.random(n) < 0.8, who % 3, rng.integers(0, 3, n))
    effects = rng.normal(0, effect_sd, n_interviewers)
    matrix = np.column_stack([np.ones(3), np.eye(3)[:, 1:]])
    left = rng.random(n) < 1 / (1 + np.exp(1 - 0.3 * kind - effects[who]))
    return LeavingRows(
        matrix, kind.astype(np.int32), who.astype(np.int32), left, None, n_interviewers
    )


def solved(rows: LeavingRows, tol: float = 1e-9) -> joint_leaving.JointFit:
    start = np.zeros(rows.matrix.shape[1])
    return fit_jointly(rows, start, np.zeros(rows.n_interviewers), tau2=TAU2, max_steps=50, tol=tol)


def minus_penalised(parameters: np.ndarray, rows: LeavingRows) -> float:
    size = rows.matrix.shape[1]
    beta, effects = parameters[:size], parameters[size:]
    predictor = (rows.matrix @ beta)[rows.cell] + effects[rows.interviewer]
    loss = np.logaddexp(0, predictor).sum() - predictor[np.asarray(rows.n_left)].sum()
    return float(loss + (effects**2).sum() / (2 * TAU2))


def test_it_maximises_the_penalised_likelihood() -> None:
    rows, found = sessions(), solved(sessions())
    assert found.has_converged
    start = np.zeros(len(found.coefficients) + len(found.effects))
    general = optimize.minimize(minus_penalised, start, args=(rows,), method="BFGS")
    ours = np.concatenate([found.coefficients, found.effects])
    assert minus_penalised(ours, rows) <= general.fun + 1e-9
    assert np.abs(ours - general.x).max() < 1e-3
    assert found.effects.sum() == pytest.approx(0.0, abs=1e-8)


def test_counts_say_the_same_as_sessions() -> None:
    rows = sessions()
    frame = pd.DataFrame({"who": rows.interviewer, "cell": rows.cell, "left": rows.n_left})
    counts = frame.groupby(["who", "cell"], as_index=False)["left"].agg(["size", "sum"])
    arrays = (counts[name].to_numpy() for name in ("cell", "who", "sum", "size"))
    grouped = LeavingRows(rows.matrix, *arrays, rows.n_interviewers)
    assert np.allclose(solved(grouped).effects, solved(rows).effects, atol=1e-10)
    ours, theirs = (
        first_step(each, fit_covariates(each).coefficients, 3) for each in (rows, grouped)
    )
    assert ours.heterogeneity.tau2 == pytest.approx(theirs.heterogeneity.tau2)
    assert np.allclose(ours.n_sessions, theirs.n_sessions)


def test_blocks_and_a_part_for_the_curvature_do_not_move_the_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = solved(sessions())
    monkeypatch.setattr(leaving_rows, "_BLOCK", 700)
    monkeypatch.setattr(joint_leaving, "_CURVATURE_ROWS", 500)
    monkeypatch.setattr(joint_leaving, "_CURVATURE_INTERVIEWERS", 5)
    part = solved(sessions())
    assert part.has_converged
    assert part.n_steps > whole.n_steps
    assert np.allclose(part.effects, whole.effects, atol=1e-8)
    assert np.allclose(part.coefficients, whole.coefficients, atol=1e-8)


def test_a_column_that_the_part_lacks_is_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = sessions()
    # A level that only the interviewer with most sessions ever has.
    most = np.bincount(rows.interviewer).argmax()
    is_rare = (rows.interviewer == most) & (np.arange(len(rows.cell)) % 2 == 0)
    matrix = np.vstack([np.column_stack([rows.matrix, np.zeros(3)]), [1.0, 0.0, 0.0, 1.0]])
    cell = np.where(is_rare, 3, rows.cell)
    rare = LeavingRows(matrix, cell, rows.interviewer, rows.n_left, None, rows.n_interviewers)
    whole = solved(rare)
    monkeypatch.setattr(joint_leaving, "_CURVATURE_ROWS", 1_000)
    monkeypatch.setattr(joint_leaving, "_CURVATURE_INTERVIEWERS", 5)
    part = solved(rare)
    assert part.has_converged
    assert np.allclose(part.coefficients, whole.coefficients, atol=1e-7)


def test_long_steps_are_shortened() -> None:
    # Everybody stays with one and leaves another: plain Newton from 0 would overshoot.
    who = np.repeat([0, 1], 400).astype(np.int32)
    rows = LeavingRows(np.ones((1, 1)), np.zeros(800, np.int32), who, who == 1, None, 2)
    found = fit_jointly(rows, np.array([6.0]), np.zeros(2), tau2=9.0, max_steps=60, tol=1e-9)
    assert found.has_converged
    assert found.coefficients[0] == pytest.approx(0.0, abs=1e-8)
    assert found.effects[0] == pytest.approx(-found.effects[1])


def test_one_step_is_the_hand_computed_shrinkage() -> None:
    # No covariate; 60 sessions, half left: p = 1/2, V = n/4, S = leavers − n/2.
    n, left = np.array([20, 20, 20]), np.array([16, 10, 4])
    model = InterviewerEffects(max_steps=0).fit(
        np.ones((1, 1)),
        left,
        cell=np.zeros(3, np.int32),
        interviewer=np.arange(3),
        n_sessions=n,
    )
    # e = S/V = 6/5, 0, −6/5; equal variances 1/5: τ² = sample variance 1.44 − 1/5 = 1.24.
    tau2 = 1.24
    assert model.heterogeneity_.tau2 == pytest.approx(tau2)
    assert model.effects_ == pytest.approx([-1.2 * tau2 / (tau2 + 0.2), 0.0, 1.2 * tau2 / 1.44])
    se = 1.1 / np.sqrt(5 + 1 / tau2)
    assert model.ses_ == pytest.approx([se] * 3)
    assert model.high_ - model.low_ == pytest.approx([2 * 1.6448536 * se] * 3)


def test_too_few_steps_are_said() -> None:
    rows = sessions()
    model = InterviewerEffects(max_steps=1, tol=1e-12).fit(
        rows.matrix, rows.n_left, cell=rows.cell, interviewer=rows.interviewer
    )
    assert "has not converged in 1 steps" in model.warnings_[-1]


@pytest.mark.parametrize("kind", ["object", "category", "string"])
def test_the_design_does_not_depend_on_how_text_is_held(kind: str) -> None:
    text = pd.DataFrame(
        {"level": ["b", None, "a", "b", "unknown"], "flag": [True, False] * 2 + [True]}
    )
    n, left = np.full(5, 10.0), np.array([2.0, 3.0, 4.0, 5.0, 6.0])
    plain = build_design(text, n, left, min_n=1)
    held = build_design(text.assign(level=text["level"].astype(kind)), n, left, min_n=1)
    assert held.columns == plain.columns
    assert (held.matrix[held.cell] == plain.matrix[plain.cell]).all()
    # A missing level and the word `unknown` are one level.
    assert {level for name, level in (*plain.columns, *plain.fixed_levels) if name == "level"} == {
        "a",
        "b",
        "unknown",
    }
