"""Covariates and interviewers at once: the penalised likelihood of leaving, exactly (A2)."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from python_models.experience.leaving_rows import LeavingRows
from python_models.frames import FloatArray, IntArray

# Rows from which the curvature of the covariates is taken: it only steers the steps, so a part
# of a large platform is enough, and where the steps end does not depend on it.
_CURVATURE_ROWS = 400_000
_CURVATURE_INTERVIEWERS = 500


@dataclass(frozen=True)
class JointFit:
    """The maximum of the penalised likelihood.

    Parameters
    ----------
    coefficients
        Of the covariate part, given the interviewers.
    effects
        Of each interviewer on the log-odds of leaving; they sum to 0.
    information
        V = Σ p(1 − p) of each interviewer at the maximum.
    n_steps
        Newton steps taken.
    has_converged
        Whether the last step moved every log-odds by less than the tolerance.
    """

    coefficients: FloatArray
    effects: FloatArray
    information: FloatArray
    n_steps: int
    has_converged: bool


@dataclass(frozen=True)
class _Slope:
    """Sums of residuals and of weights n·p(1 − p), by interviewer and by cell."""

    by_interviewer: FloatArray
    by_cell: FloatArray
    information: FloatArray
    cell_weight: FloatArray


@dataclass(frozen=True)
class _Part:
    """Rows of some interviewers, coded anew among those."""

    rows: slice | IntArray
    people: IntArray
    who: IntArray


def fit_jointly(
    rows: LeavingRows,
    coefficients: FloatArray,
    effects: FloatArray,
    *,
    tau2: float,
    max_steps: int,
    tol: float,
) -> JointFit:
    """Maximise log-likelihood(β, u) − Σu²/(2τ²) over coefficients and effects together.

    This is what penalised iteratively reweighted least squares finds in lme4's
    `glmer(nAGQ = 0)` at the same τ² (Bates et al. 2015). The interviewers' block of the
    curvature is diagonal, so they are eliminated (Schur complement): a step costs three
    passes of grouped sums over the rows and one small solve. A long step is shortened such that
    the likelihood cannot fall (damped Newton for generalized self-concordant functions, Sun &
    Tran-Dinh 2019).

    Parameters
    ----------
    rows
        The sessions.
    coefficients, effects
        Where to start.
    tau2
        Variance of the effects, positive.
    max_steps
        Newton steps at most.
    tol
        Largest move of a log-odds in the last step. What is left to go then is a few per cent
        of that at most.

    Returns
    -------
    JointFit
        The maximum; without convergence the last step's end, which says so.
    """
    weight = np.empty(len(rows.cell))
    information = np.zeros(rows.n_interviewers)
    part = None
    for step in range(1, max_steps + 1):
        slope = _slope(rows, coefficients, effects, weight)
        information = slope.information
        part = part or _curvature_part(rows, information)
        curvature = information + 1.0 / tau2
        towards = (slope.by_interviewer - effects / tau2) / curvature
        by_cell = slope.by_cell - _across(rows, weight, towards)
        steer = _schur_complement(rows, part, weight, slope, curvature)
        move: FloatArray = linalg.solve(steer, rows.matrix.T @ by_cell, assume_a="pos")
        cell_move = rows.matrix @ move
        effects_move = towards - _along(rows, weight, cell_move) / curvature
        longest = float(np.abs(cell_move).max() + np.abs(effects_move).max(initial=0.0))
        share = 1.0 if longest <= 1.0 else float(np.log1p(longest)) / longest
        coefficients = coefficients + share * move
        effects = effects + share * effects_move
        if longest < tol:
            return JointFit(coefficients, effects, information, step, True)
    return JointFit(coefficients, effects, information, max_steps, False)


def _slope(
    rows: LeavingRows, coefficients: FloatArray, effects: FloatArray, weight: FloatArray
) -> _Slope:
    """Sum residuals and weights both ways; `weight` receives each row's n·p(1 − p)."""
    n_cells, n_people = len(rows.matrix), rows.n_interviewers
    by_interviewer, information = np.zeros(n_people), np.zeros(n_people)
    by_cell, cell_weight = np.zeros(n_cells), np.zeros(n_cells)
    minus_cells = -(rows.matrix @ coefficients)
    for block in rows.blocks():
        who, where = rows.interviewer[block].astype(np.intp), rows.cell[block].astype(np.intp)
        prob = minus_cells[where]
        prob -= effects[who]
        # 1/(1 + exp(-x)) in place: scipy's expit is several times slower than numpy's exp.
        with np.errstate(over="ignore"):
            np.exp(prob, out=prob)
        prob += 1.0
        np.reciprocal(prob, out=prob)
        weight[block] = rows.total(block, prob * (1.0 - prob))
        residual = rows.n_left[block] - rows.total(block, prob)
        by_interviewer += np.bincount(who, weights=residual, minlength=n_people)
        information += np.bincount(who, weights=weight[block], minlength=n_people)
        by_cell += np.bincount(where, weights=residual, minlength=n_cells)
        cell_weight += np.bincount(where, weights=weight[block], minlength=n_cells)
    return _Slope(by_interviewer, by_cell, information, cell_weight)


def _across(rows: LeavingRows, weight: FloatArray, by_interviewer: FloatArray) -> FloatArray:
    """Sum weight · (its interviewer's number) over each cell."""
    size = len(rows.matrix)
    found = np.zeros(size)
    for block in rows.blocks():
        values = weight[block] * by_interviewer[rows.interviewer[block]]
        found += np.bincount(rows.cell[block], weights=values, minlength=size)
    return found


def _along(rows: LeavingRows, weight: FloatArray, by_cell: FloatArray) -> FloatArray:
    """Sum weight · (its cell's number) over each interviewer."""
    size = rows.n_interviewers
    found = np.zeros(size)
    for block in rows.blocks():
        values = weight[block] * by_cell[rows.cell[block]]
        found += np.bincount(rows.interviewer[block], weights=values, minlength=size)
    return found


def _curvature_part(rows: LeavingRows, information: FloatArray) -> _Part:
    """Every k-th interviewer by size: small and large ones in their proportion, no chance."""
    stride = min(
        -(-len(rows.cell) // _CURVATURE_ROWS), rows.n_interviewers // _CURVATURE_INTERVIEWERS
    )
    if stride <= 1:
        everyone = np.arange(rows.n_interviewers)
        return _Part(slice(None), everyone, rows.interviewer.astype(np.int64))
    is_chosen = np.zeros(rows.n_interviewers, dtype=np.bool_)
    is_chosen[np.argsort(information, kind="stable")[stride // 2 :: stride]] = True
    chosen = np.flatnonzero(is_chosen[rows.interviewer])
    place = np.cumsum(is_chosen) - 1
    return _Part(chosen, np.flatnonzero(is_chosen), place[rows.interviewer[chosen]])


def _schur_complement(
    rows: LeavingRows, part: _Part, weight: FloatArray, slope: _Slope, curvature: FloatArray
) -> FloatArray:
    """Curvature of the coefficients without the interviewers: X'WX − Σ aa'/(V + 1/τ²)."""
    matrix, people = rows.matrix, part.people
    table = sparse.csr_array(
        (weight[part.rows], (part.who, rows.cell[part.rows])), shape=(len(people), len(matrix))
    )
    sums, seen = table @ matrix, np.asarray(table.sum(axis=0))
    found = matrix.T @ (seen[:, None] * matrix) - sums.T @ (sums / curvature[people][:, None])
    if len(people) == rows.n_interviewers:
        return np.asarray(found)
    left_over = slope.information / curvature
    found *= left_over.sum() / left_over[people].sum()
    return _with_rare_columns(found, matrix, slope.cell_weight, seen)


def _with_rare_columns(
    found: FloatArray, matrix: FloatArray, all_weights: FloatArray, seen_weights: FloatArray
) -> FloatArray:
    """Let a column of which the part has less than half its share stand by itself.

    Its whole curvature is at most too large, which only shortens its steps.
    """
    whole, seen = (matrix.T**2) @ all_weights, (matrix.T**2) @ seen_weights
    is_rare = seen * all_weights.sum() < 0.5 * whole * seen_weights.sum()
    found[is_rare], found[:, is_rare] = 0.0, 0.0
    return found + np.diag(np.where(is_rare, whole, 0.0))
