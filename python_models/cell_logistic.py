"""Unpenalised logistic regression on counts per covariate cell."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from python_models.frames import FloatArray


@dataclass(frozen=True)
class CellFit:
    """Coefficients of the cells' columns, and what the solver had to say.

    Parameters
    ----------
    coefficients
        One for each column of the design.
    warnings
        One sentence for each warning; empty after a good fit.
    """

    coefficients: FloatArray
    warnings: tuple[str, ...]


def fit_cells(
    matrix: FloatArray, n: FloatArray, n_events: FloatArray, *, max_iter: int, tol: float
) -> CellFit:
    """Maximise the binomial likelihood of logit P(event) = matrix·b over cells.

    Parameters
    ----------
    matrix
        Cells x columns of full rank, an intercept among them.
    n, n_events
        Trials and events in each cell; some, and not all, must be events.
    max_iter
        Newton steps at most.
    tol
        Largest gradient (per trial) at the end.

    Returns
    -------
    CellFit
        The same estimate as from one row per trial.
    """
    # C = inf is "no penalty" in every scikit-learn: the default C = 1 shrinks wrongly, and
    # `penalty=None` is deprecated. lbfgs stops early at its default tolerance.
    model = LogisticRegression(
        C=np.inf, solver="newton-cholesky", max_iter=max_iter, tol=tol, fit_intercept=False
    )
    stacked = np.vstack([matrix, matrix])
    y = np.repeat([1, 0], len(n))
    weight = np.concatenate([n_events, n - n_events])
    is_seen = weight > 0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(stacked[is_seen], y[is_seen], sample_weight=weight[is_seen])
    notes = tuple(f"logistic fit: {str(note.message).splitlines()[0]}" for note in caught)
    return CellFit(model.coef_[0], notes)
