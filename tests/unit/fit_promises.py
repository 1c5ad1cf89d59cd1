"""What every fit promises, whatever its panel: kept by the tests of each family of fits."""

import json
from collections.abc import Callable

import pandas as pd
import pytest

from python_models.fitted_table import FittedTable

Fit = Callable[[pd.DataFrame], FittedTable]


def names_a_missing_column(fit: Fit, panel: pd.DataFrame, column: str) -> None:
    """A panel that lacks a column is refused, by the column's name."""
    with pytest.raises(ValueError, match=f"lacks the column.* {column}"):
        fit(panel.drop(columns=column))


def keeps_its_columns(fit: Fit, panel: pd.DataFrame) -> list[tuple[pd.DataFrame, FittedTable]]:
    """One row, none, or none of any type: the same columns, and all that is told can be stored."""
    full = fit(panel)
    parts = (panel.iloc[:1], panel.iloc[:0], panel.iloc[:0].astype(object))
    fitted = [(part, fit(part)) for part in parts]
    for part, small in fitted:
        assert list(small.table.columns) == list(full.table.columns)
        assert small.n_rows <= len(part)
        json.dumps([small.settings, small.diagnostics], allow_nan=False)
    return fitted


def repeats_itself(fit: Fit, panel: pd.DataFrame) -> None:
    """The panel is left alone, and a second fit gives the very same."""
    before = panel.copy(deep=True)
    first, second = fit(panel), fit(panel)
    pd.testing.assert_frame_equal(panel, before)
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
