"""One number for a judgement: the mean of its standardised items (B2)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.frames import BoolArray, FloatArray, as_floats

ITEMS = ("would_advance", "technical", "problem_solving")


@dataclass(frozen=True)
class CompositeScale:
    """Constants that turn the items of a form into a composite z.

    z = the mean, over the items present, of (item − mean)/sd. Means are taken apart for mock
    and real judgements, so that a real judgement with the decision alone is not shifted against
    one with the whole form; the sd is that within the two kinds, pooled, so that a point means
    the same on both.

    Parameters
    ----------
    constants
        Of the items that count: level text (`<item>:mean`, `<item>:sd` for mock judgements,
        `real_<item>:mean`, `real_<item>:sd` for real ones) and its value.
    """

    constants: dict[str, float]

    def composite(self, judgements: pd.DataFrame, is_real: BoolArray) -> FloatArray:
        """Return z for each judgement, NaN where no item is present.

        Parameters
        ----------
        judgements
            The items, one column each.
        is_real
            Whether the judgement is of a real interview.

        Returns
        -------
        FloatArray
            One composite for each row.
        """
        total, n_present = np.zeros(len(judgements)), np.zeros(len(judgements))
        for item in (item for item in ITEMS if f"{item}:sd" in self.constants):
            mean = np.where(
                is_real, self.constants[f"real_{item}:mean"], self.constants[f"{item}:mean"]
            )
            standard = (as_floats(judgements[item]) - mean) / self.constants[f"{item}:sd"]
            is_present = np.isfinite(standard)
            total += np.where(is_present, standard, 0.0)
            n_present += is_present
        is_judged = n_present > 0
        return np.divide(total, n_present, out=np.full(len(total), np.nan), where=is_judged)


def learn_scale(judgements: pd.DataFrame, is_real: BoolArray) -> CompositeScale:
    """Learn the constants of the composite.

    Parameters
    ----------
    judgements
        The items, one column each; null where missing. One without a column has no constants, and
        does not count in the composite.
    is_real
        Whether the judgement is of a real interview.

    Returns
    -------
    CompositeScale
        An item without answers of a kind has mean 0 there, one that never varies sd 1.
    """
    constants: dict[str, float] = {}
    for item in (item for item in ITEMS if item in judgements):
        values = as_floats(judgements[item])
        squares, freedom = 0.0, 0
        for prefix, is_kind in (("", ~is_real), ("real_", is_real)):
            present = values[is_kind & np.isfinite(values)]
            mean = float(present.mean()) if len(present) else 0.0
            constants[f"{prefix}{item}:mean"] = mean
            squares += float(((present - mean) ** 2).sum())
            freedom += max(len(present) - 1, 0)
        sd = float(np.sqrt(squares / freedom)) if squares > 0 and freedom > 0 else 1.0
        constants[f"{item}:sd"] = constants[f"real_{item}:sd"] = sd
    return CompositeScale(constants)
