"""Logistic regression by Newton's method on a few dense columns plus covariate cells."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.special import expit

from python_models.frames import FloatArray, IntArray, group_sums


@dataclass(frozen=True)
class LogisticFit:
    """Coefficients of the dense columns, then of the cell matrix, with their information.

    Parameters
    ----------
    coefficients
        Dense columns first, then the columns of the cell matrix.
    information
        Fisher information at the solution, in the same order.
    n_iterations
        Newton steps taken.
    has_converged
        Whether the last step was below the tolerance.
    """

    coefficients: FloatArray
    information: FloatArray
    n_iterations: int
    has_converged: bool


def fit_logistic(
    dense: FloatArray,
    y: FloatArray,
    *,
    cell: IntArray | None = None,
    matrix: FloatArray | None = None,
    max_iter: int = 40,
    tol: float = 1e-8,
) -> LogisticFit:
    """Maximise the likelihood of logit P(y) = dense·b + matrix[cell]·g.

    Cells keep the design small: a pass over ten million rows is a handful of grouped sums,
    whatever the number of covariate levels.

    Parameters
    ----------
    dense
        Rows x columns that differ from row to row.
    y
        0 or 1 for each row.
    cell, matrix
        For each row its covariate cell, and the design of the cells (with the intercept).
    max_iter, tol
        Newton steps at most, and the largest change of a coefficient at the end.

    Returns
    -------
    LogisticFit
        The estimate; without convergence the last iterate, which says so.
    """
    if cell is None or matrix is None:
        cell, matrix = np.zeros(len(y), dtype=np.int64), np.zeros((1, 0))
    n_dense = dense.shape[1]
    beta = np.zeros(n_dense + matrix.shape[1])
    predictor = np.zeros(len(y))
    loss = _loss(predictor, y)
    information = np.eye(len(beta))
    for iteration in range(1, max_iter + 1):
        prob = expit(predictor)
        gradient, information = _derivatives(dense, y - prob, prob * (1 - prob), cell, matrix)
        step = _solve(information, gradient)
        for _ in range(20):
            moved = beta + step
            predictor = dense @ moved[:n_dense] + (matrix @ moved[n_dense:])[cell]
            moved_loss = _loss(predictor, y)
            if moved_loss <= loss + 1e-9 * abs(loss) + 1e-12:
                break
            step = step / 2
        beta, loss = moved, moved_loss
        if np.abs(step).max(initial=0.0) < tol:
            return LogisticFit(beta, information, iteration, True)
    return LogisticFit(beta, information, max_iter, False)


def _loss(predictor: FloatArray, y: FloatArray) -> float:
    return float(np.logaddexp(0.0, predictor).sum() - y @ predictor)


def _derivatives(
    dense: FloatArray, residual: FloatArray, weight: FloatArray, cell: IntArray, matrix: FloatArray
) -> tuple[FloatArray, FloatArray]:
    n_dense, n_cells = dense.shape[1], len(matrix)
    gradient = np.concatenate([dense.T @ residual, matrix.T @ group_sums(cell, residual, n_cells)])
    information = np.zeros((len(gradient), len(gradient)))
    for column in range(n_dense):
        weighted = weight * dense[:, column]
        information[column, :n_dense] = weighted @ dense
        across = matrix.T @ group_sums(cell, weighted, n_cells)
        information[column, n_dense:] = information[n_dense:, column] = across
    in_cell = group_sums(cell, weight, n_cells)
    information[n_dense:, n_dense:] = matrix.T @ (in_cell[:, None] * matrix)
    return gradient, information


def _solve(information: FloatArray, gradient: FloatArray) -> FloatArray:
    # A constant factor leaves the information singular; the ridge keeps its coefficient at 0
    # and is too small to be seen anywhere else.
    ridge = 1e-10 * np.trace(information) / max(len(gradient), 1) + 1e-300
    solution: FloatArray = linalg.solve(
        information + ridge * np.eye(len(gradient)), gradient, assume_a="pos"
    )
    return solution
