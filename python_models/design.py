"""Covariates with text levels as a small design matrix over their distinct combinations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.frames import FloatArray, IntArray, group_sums, level_codes


@dataclass(frozen=True)
class CovariateDesign:
    """One-hot columns over cells; each row of the panel points to its cell.

    Parameters
    ----------
    cell
        For each row of the panel, the row of `matrix` it belongs to.
    matrix
        Cells x columns: an intercept first, then one column for each kept level.
    columns
        `(covariate, level)` of each column; the intercept is `("intercept", "")`.
    fixed_levels
        `(covariate, level)` of the levels whose coefficient is 0 by definition.
    warnings
        Which levels were put with the reference, and why.
    """

    cell: IntArray
    matrix: FloatArray
    columns: tuple[tuple[str, str], ...]
    fixed_levels: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Cells:
    cell: IntArray
    codes: dict[str, IntArray]
    levels: dict[str, tuple[str, ...]]
    n: FloatArray
    n_events: FloatArray


def independent_columns(gram: FloatArray, tolerance: float = 1e-9) -> IntArray:
    """Return the columns that earlier ones do not already determine.

    Parameters
    ----------
    gram
        Cross-products of the columns of a design.
    tolerance
        Share of a column's own sum of squares that must be left over.

    Returns
    -------
    IntArray
        Indexes of a full-rank set, earlier columns first (as R's `lm` drops aliased terms).
    """
    rest = gram.astype(np.float64).copy()
    diagonal = np.diag(gram).copy()
    kept: list[int] = []
    for column in range(len(gram)):
        pivot = rest[column, column]
        if diagonal[column] > 0 and pivot > tolerance * diagonal[column]:
            kept.append(column)
            rest = rest - np.outer(rest[:, column], rest[column]) / pivot
    return np.array(kept, dtype=np.int64)


def build_design(
    covariates: pd.DataFrame,
    n: FloatArray,
    n_events: FloatArray,
    *,
    min_n: float,
) -> CovariateDesign:
    """Code covariates for a logistic fit so that no coefficient can run away.

    A level with fewer than `min_n` sessions, or one in which everybody or nobody left, has no
    finite or no useful coefficient of its own: it shares the reference level's. A level that
    other levels determine (no verdict and no performance are the same missing form) is
    dropped likewise. The reference is the level with most sessions.

    Parameters
    ----------
    covariates
        One column for each covariate, any type; null is the level `unknown`.
    n, n_events
        Sessions, and leavers among them, in each row.
    min_n
        Sessions below which a level is not told apart.

    Returns
    -------
    CovariateDesign
        The design over distinct cells.
    """
    cells = _find_cells(covariates, n, n_events)
    columns: list[tuple[str, str]] = [("intercept", "")]
    blocks: list[FloatArray] = [np.ones((len(cells.n), 1))]
    fixed: list[tuple[str, str]] = []
    notes: list[str] = []
    for name in covariates.columns:
        codes, levels = cells.codes[name], cells.levels[name]
        reference, kept = _choose_levels(cells, name, min_n)
        shared = [i for i in range(len(levels)) if i not in kept and i != reference]
        fixed += [(name, levels[i]) for i in range(len(levels)) if i not in kept]
        if shared:
            spelled = _listed([levels[i] for i in shared])
            notes.append(
                f"{name}: counted as {levels[reference]}, with too few sessions or leavers to tell"
                f" apart: {spelled}"
            )
        columns += [(name, levels[i]) for i in kept]
        blocks.append((codes[:, None] == np.array(kept, dtype=np.int64)).astype(np.float64))
    matrix = np.hstack(blocks)
    used = independent_columns(matrix.T @ (cells.n[:, None] * matrix))
    aliased = [columns[i] for i in np.setdiff1d(np.arange(len(columns)), used)]
    for name, level in (term for term in aliased if term[0] != "intercept"):
        # Nothing to note: another covariate says the same (no form, no verdict and no marks).
        fixed.append((name, level))
    kept_columns = tuple(columns[i] for i in used)
    return CovariateDesign(cells.cell, matrix[:, used], kept_columns, tuple(fixed), tuple(notes))


def _listed(levels: list[str], most: int = 3) -> str:
    if len(levels) <= most:
        return ", ".join(levels)
    return f"{', '.join(levels[:most])} and {len(levels) - most} more"


def _find_cells(covariates: pd.DataFrame, n: FloatArray, n_events: FloatArray) -> _Cells:
    combined = np.zeros(len(covariates), dtype=np.int64)
    levels: dict[str, tuple[str, ...]] = {}
    for name in covariates.columns:
        codes, levels[name] = level_codes(covariates[name])
        combined = combined * max(len(levels[name]), 1) + codes
    cell, distinct = pd.factorize(combined)
    # Each row's codes need not be kept: a cell's own are the digits of its combined number.
    digits: dict[str, IntArray] = {}
    for name in reversed(covariates.columns):
        distinct, digits[name] = np.divmod(distinct, max(len(levels[name]), 1))
    return _Cells(
        cell=cell.astype(np.int64, copy=False),
        codes=digits,
        levels=levels,
        n=group_sums(cell, n, len(distinct)),
        n_events=group_sums(cell, n_events, len(distinct)),
    )


def _choose_levels(cells: _Cells, name: str, min_n: float) -> tuple[int, Sequence[int]]:
    size = len(cells.levels[name])
    n = group_sums(cells.codes[name], cells.n, size)
    events = group_sums(cells.codes[name], cells.n_events, size)
    is_usable = (n >= min_n) & (events > 0) & (events < n)
    if not is_usable.any():
        return int(np.argmax(n)) if size else 0, []
    reference = int(np.argmax(np.where(is_usable, n, -1.0)))
    return reference, [i for i in range(size) if is_usable[i] and i != reference]
