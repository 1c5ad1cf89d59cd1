"""Reading panels: the few conversions every estimator needs."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def require_columns(panel: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise `ValueError` naming the columns that a panel lacks.

    Parameters
    ----------
    panel
        The frame to look at.
    columns
        Columns that must exist.
    name
        How the panel is called in the message.
    """
    missing = [column for column in columns if column not in panel.columns]
    if missing:
        raise ValueError(f"panel {name} lacks the column(s) {', '.join(missing)}")


def as_floats(values: pd.Series) -> FloatArray:
    """Return a numeric, decimal or boolean column as floats, null as NaN.

    Parameters
    ----------
    values
        A column of a panel.

    Returns
    -------
    FloatArray
        One float for each row.
    """
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def only_number(panel: pd.DataFrame, column: str) -> float:
    """Return the number that a column repeats in every row.

    Parameters
    ----------
    panel
        The frame to look at.
    column
        A numeric column, which may be absent.

    Returns
    -------
    float
        NaN where the column is absent, null or has no rows.

    Raises
    ------
    ValueError
        Where rows differ.
    """
    if column not in panel.columns:
        return float("nan")
    found = np.unique(as_floats(panel[column]))
    if len(found) > 1:
        raise ValueError(f"column {column} has {len(found)} values, expected one")
    return float(found[0]) if len(found) else float("nan")


def as_levels(values: pd.Series) -> pd.Series:
    """Return a covariate as text levels: `true`/`false` for booleans, `unknown` for null.

    Parameters
    ----------
    values
        A column of a panel.

    Returns
    -------
    pd.Series
        Text, never null: the spelling SQL gives the same value.
    """
    codes, levels = level_codes(values)
    lookup = np.array(levels, dtype=object)
    return pd.Series(lookup[codes], index=values.index, name=values.name, dtype=object)


def level_codes(values: pd.Series) -> tuple[IntArray, tuple[str, ...]]:
    """Return a covariate as codes of its text levels, spelled as `as_levels` spells them.

    Parameters
    ----------
    values
        A column of a panel; a categorical one costs no pass over text.

    Returns
    -------
    tuple
        Code of each row, and the sorted levels that occur.
    """
    names = {True: "true", False: "false"}
    # Levels are renamed, not rows: a panel has millions of rows and a dozen levels.
    codes, found = pd.factorize(values)
    spelled = [
        names[bool(level)] if isinstance(level, bool | np.bool_) else str(level) for level in found
    ]
    if (codes < 0).any():
        # Code -1 is null, and so is the last place of a list.
        spelled.append("unknown")
    levels, place = np.unique(np.array(spelled, dtype=object), return_inverse=True)
    recoded = place[codes] if len(place) else codes
    return recoded.astype(np.int64, copy=False), tuple(levels)


def plain_numbers(diagnostics: Mapping[str, Any]) -> dict[str, Any]:
    """Return diagnostics as JSON-able Python values, with NaN and infinity as None.

    Parameters
    ----------
    diagnostics
        Numbers, flags and short texts; numpy scalars are welcome.

    Returns
    -------
    dict
        The same keys with plain values.
    """
    plain: dict[str, Any] = {}
    for key, value in diagnostics.items():
        number = value.item() if isinstance(value, np.generic) else value
        is_gap = isinstance(number, float) and not np.isfinite(number)
        plain[key] = None if is_gap else number
    return plain


def group_sums(codes: IntArray, values: FloatArray, n_groups: int) -> FloatArray:
    """Return the sum of `values` in each group.

    Parameters
    ----------
    codes
        Group of each row, 0 to `n_groups` - 1.
    values
        One number for each row.
    n_groups
        Length of the result; empty groups have 0.

    Returns
    -------
    FloatArray
        One sum for each group.
    """
    # An integer bincount of no rows would be an integer array: callers expect floats.
    return np.bincount(codes, weights=values, minlength=n_groups).astype(np.float64)
