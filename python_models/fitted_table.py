"""What every fit hands back to the warehouse."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class FittedTable:
    """The numbers of one fit, before the warehouse stamps them with a `fit_id`.

    Parameters
    ----------
    table
        The rows of the fitted table, without the stamps.
    settings
        The settings the estimator ran with; JSON-able.
    diagnostics
        Numbers a gate or a person judges the fit by; JSON-able.
    n_rows
        Rows of the panel that took part.
    warnings
        One sentence for each thing the reader of the numbers must know.
    """

    table: pd.DataFrame
    settings: dict[str, Any]
    diagnostics: dict[str, Any]
    n_rows: int
    warnings: tuple[str, ...] = ()
