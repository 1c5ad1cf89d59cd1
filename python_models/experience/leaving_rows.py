"""Rows of the model of leaving, and the first step from their sums per interviewer (A2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from python_models.cell_logistic import CellFit, fit_cells
from python_models.frames import FloatArray
from python_models.heterogeneity import Heterogeneity, between_variance

Codes = npt.NDArray[np.integer[Any]]
Counts = npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_] | FloatArray

# Rows at a time: what a pass writes in between stays in the processor's cache (four times as
# fast at ten million rows as whole columns).
_BLOCK = 1 << 16


@dataclass(frozen=True)
class LeavingRows:
    """Sessions, or counts of them, with the codes of their covariate cell and interviewer.

    Parameters
    ----------
    matrix
        Cells x columns of the covariate part, the intercept first.
    cell, interviewer
        For each row its line of `matrix` and its interviewer, from 0; int32 is enough.
    n_left
        For each row how many candidates left.
    n_sessions
        For each row how many sessions it stands for; None where each row is one.
    n_interviewers
        One more than the largest code.
    """

    matrix: FloatArray
    cell: Codes
    interviewer: Codes
    n_left: Counts
    n_sessions: Counts | None
    n_interviewers: int

    def blocks(self) -> Iterator[slice]:
        """Cover the rows with slices that fit the processor's cache."""
        for start in range(0, len(self.cell), _BLOCK):
            yield slice(start, start + _BLOCK)

    def total(self, part: slice, prob: FloatArray) -> FloatArray:
        """Return the expected leavers of a slice's rows.

        Parameters
        ----------
        part
            Some rows.
        prob
            Their probability of leaving.

        Returns
        -------
        FloatArray
            Probability times sessions; the array itself where each row is one session.
        """
        return prob if self.n_sessions is None else prob * self.n_sessions[part]

    def counts_by(self, codes: Codes, size: int) -> tuple[FloatArray, FloatArray]:
        """Return the sessions and the leavers of each cell or each interviewer.

        Parameters
        ----------
        codes
            `cell` or `interviewer`.
        size
            Length of the results.

        Returns
        -------
        tuple of FloatArray
            Sessions, leavers.
        """
        n, n_left = np.zeros(size), np.zeros(size)
        for part in self.blocks():
            group = codes[part]
            weights = None if self.n_sessions is None else self.n_sessions[part]
            n += np.bincount(group, weights=weights, minlength=size)
            n_left += np.bincount(group, weights=self.n_left[part], minlength=size)
        return n, n_left


@dataclass(frozen=True)
class FirstStep:
    """How far each interviewer's leaving is from what the covariates expect.

    Parameters
    ----------
    residual_sum, information
        S = Σ(y − p) and V = Σ p(1 − p) of each interviewer.
    n_sessions
        Sessions of each interviewer.
    heterogeneity
        τ² by Paule-Mandel and the Q-test, from e = S/V with variance 1/V.
    """

    residual_sum: FloatArray
    information: FloatArray
    n_sessions: FloatArray
    heterogeneity: Heterogeneity

    def is_detectable(self, alpha: float) -> bool:
        """Tell whether interviewers differ at all (Cochran's Q).

        Parameters
        ----------
        alpha
            Level of the test.

        Returns
        -------
        bool
            False also where nothing can be tested.
        """
        return self.heterogeneity.q_p_value <= alpha


def fit_covariates(rows: LeavingRows) -> CellFit:
    """Fit the covariates alone, as if all interviewers were equal.

    Parameters
    ----------
    rows
        The sessions.

    Returns
    -------
    CellFit
        The coefficients; where all labels are equal, the intercept stands for their rate.
    """
    n, n_left = rows.counts_by(rows.cell, len(rows.matrix))
    total, left = float(n.sum()), float(n_left.sum())
    if 0 < left < total:
        return fit_cells(rows.matrix, n, n_left, max_iter=100, tol=1e-10)
    start = np.zeros(rows.matrix.shape[1])
    # Half a leaver more and half a stayer more keep the log-odds finite (Jeffreys prior).
    start[:1] = np.log((left + 0.5) / (total - left + 0.5))
    reason = "no labelled session" if total == 0 else "all labels are equal"
    return CellFit(start, (f"{reason}: no interviewer effect can be told",))


def first_step(rows: LeavingRows, coefficients: FloatArray, min_sessions: int) -> FirstStep:
    """Sum up each interviewer's sessions at the covariates' fit, and test for differences.

    Parameters
    ----------
    rows
        The sessions.
    coefficients
        Of the covariate part.
    min_sessions
        Interviewers with fewer sessions inform neither τ² nor the test.

    Returns
    -------
    FirstStep
        The sums and the heterogeneity.
    """
    size = rows.n_interviewers
    prob = expit(rows.matrix @ coefficients)
    spread = prob * (1.0 - prob)
    residual, information, n = np.zeros(size), np.zeros(size), np.zeros(size)
    for part in rows.blocks():
        # Cast once: every gather and every sum would do it anew.
        who, where = rows.interviewer[part].astype(np.intp), rows.cell[part].astype(np.intp)
        gap = rows.n_left[part] - rows.total(part, prob[where])
        residual += np.bincount(who, weights=gap, minlength=size)
        weight = rows.total(part, spread[where])
        information += np.bincount(who, weights=weight, minlength=size)
        sessions = None if rows.n_sessions is None else rows.n_sessions[part]
        n += np.bincount(who, weights=sessions, minlength=size)
    informs = (information > 0) & (n >= min_sessions)
    variance = 1.0 / information[informs]
    found = between_variance(residual[informs] * variance, variance)
    return FirstStep(residual, information, n, found)
