"""Sessions, their covariates and who left, as columns in memory, of any size."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

SESSIONS_EACH = 100
# Interview types, months, first or later, experience levels, verdicts, marks.
LEVELS = (4, 36, 2, 3, 2, 4)
EFFECT_SD = 0.3

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class LeavingColumns:
    """One row per session; cells are distinct combinations of covariates.

    Attributes
    ----------
    covariates : list of array
        Level of each covariate, one array each.
    matrix : array
        Cells x columns: an intercept, then all levels but the first of each covariate.
    cell, interviewer : array
        Codes of the sessions, int32.
    has_left : array
        Who left.
    """

    covariates: list[Array]
    matrix: Array
    cell: Array
    interviewer: Array
    has_left: Array


def leaving_columns(n_sessions: int, seed: int = 1) -> LeavingColumns:
    """Draw so many sessions of a hundredth as many interviewers.

    Volumes are heavy-tailed; interviewers keep to one type of interview and to some months, so
    that covariates and interviewers are entangled as they are on a platform.
    """
    rng = np.random.default_rng(seed)
    n_people = max(n_sessions // SESSIONS_EACH, 2)
    volume = rng.lognormal(0.0, 1.0, n_people)
    who = rng.choice(n_people, n_sessions, p=volume / volume.sum()).astype(np.int32)
    covariates = [rng.integers(0, size, n_sessions).astype(np.int8) for size in LEVELS]
    main, joined = rng.integers(0, LEVELS[0], n_people), rng.integers(0, LEVELS[1] - 6, n_people)
    covariates[0] = np.where(rng.random(n_sessions) < 0.7, main[who], covariates[0]).astype(np.int8)
    covariates[1] = np.maximum(covariates[1], joined[who]).astype(np.int8)
    combined = np.ravel_multi_index([each.astype(np.int32) for each in covariates], LEVELS)
    distinct, cell = np.unique(combined, return_inverse=True)
    matrix = _design(np.array(np.unravel_index(distinct, LEVELS)))
    beta = rng.normal(0.0, 0.15, matrix.shape[1])
    beta[0] = -1.4
    log_odds = (matrix @ beta)[cell] + rng.normal(0.0, EFFECT_SD, n_people)[who]
    has_left = rng.random(n_sessions) < 1.0 / (1.0 + np.exp(-log_odds))
    return LeavingColumns(covariates, matrix, cell.astype(np.int32), who, has_left)


def _design(levels: Array) -> Array:
    columns = [np.ones(levels.shape[1])]
    for codes, size in zip(levels, LEVELS, strict=True):
        columns += [(codes == level).astype(np.float64) for level in range(1, size)]
    matrix = np.column_stack(columns)
    # Of few sessions none may fall into the first months.
    return matrix[:, matrix.any(axis=0)]


def write_csv(n_sessions: int, path: Path) -> None:
    """Write the sessions for programs in other languages, such as `leaving_glmer.R`."""
    columns = leaving_columns(n_sessions)
    named = {f"x{place}": codes for place, codes in enumerate(columns.covariates)}
    rows = pd.DataFrame({**named, "interviewer": columns.interviewer})
    rows.assign(has_left=columns.has_left.astype(int)).to_csv(path, index=False)


if __name__ == "__main__":
    write_csv(int(sys.argv[1]), Path(sys.argv[2]))
