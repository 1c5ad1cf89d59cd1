"""Interviewer effects on leaving, ours and as one would fit them with other libraries.

Each function draws its columns and then measures the fit alone, from columns in memory.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from benchmarks.leaving_columns import EFFECT_SD, LeavingColumns, leaving_columns
from python_models.experience.experience_effects import InterviewerEffects


@dataclass(frozen=True)
class Spent:
    """Seconds and processor seconds, all threads, of one fit."""

    seconds: float
    cpu_seconds: float


def one_step(n_sessions: int) -> Spent:
    """Ours: covariates on cells, τ², one step of shrinkage."""
    return _measured(leaving_columns(n_sessions), lambda columns: _ours(columns, 0))


def exact(n_sessions: int) -> Spent:
    """Ours: the joint penalised fit."""
    return _measured(leaving_columns(n_sessions), lambda columns: _ours(columns, 30))


def scikit_learn(n_sessions: int) -> Spent:
    """Logistic regression with a sparse column per interviewer, its penalty 1/τ² given."""
    return _measured(leaving_columns(n_sessions), _ridge)


def statsmodels(n_sessions: int) -> Spent:
    """A Bayesian mixed model by variational Bayes, interviewers as random intercepts."""
    return _measured(leaving_columns(n_sessions), _mixed)


def has_statsmodels() -> bool:
    """Tell whether the optional library is there."""
    return importlib.util.find_spec("statsmodels") is not None


def _measured(columns: LeavingColumns, fit: Callable[[LeavingColumns], Any]) -> Spent:
    began, cpu_began = time.monotonic(), time.process_time()
    fit(columns)
    return Spent(time.monotonic() - began, time.process_time() - cpu_began)


def _ours(columns: LeavingColumns, max_steps: int) -> InterviewerEffects:
    model = InterviewerEffects(max_steps=max_steps).fit(
        columns.matrix, columns.has_left, cell=columns.cell, interviewer=columns.interviewer
    )
    if model.warnings_:
        raise RuntimeError("; ".join(model.warnings_))
    return model


def _ridge(columns: LeavingColumns) -> LogisticRegression:
    # It does not estimate τ², and its one penalty shrinks the covariates as well.
    text = np.column_stack([*columns.covariates, columns.interviewer])
    one_hot = OneHotEncoder(dtype=np.float64).fit_transform(text)
    return LogisticRegression(C=EFFECT_SD**2, max_iter=1000).fit(one_hot, columns.has_left)


def _mixed(columns: LeavingColumns) -> Any:
    from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

    n, n_people = len(columns.cell), int(columns.interviewer.max()) + 1
    ones = np.ones(n)
    effects = sparse.csr_matrix((ones, (np.arange(n), columns.interviewer)), shape=(n, n_people))
    fixed = columns.matrix[columns.cell]
    ident = np.zeros(n_people, dtype=int)
    model = BinomialBayesMixedGLM(columns.has_left.astype(float), fixed, effects, ident)
    return model.fit_vb()
