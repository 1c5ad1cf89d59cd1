"""What a window on past judgements would change: which tells later leniency best (B6)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from python_models.calibration.interviewer_leniency import fit_interviewer_leniency

ALL_TIME = "all"


def compare_windows(
    judgements: pd.DataFrame, split: pd.Timestamp, windows: Iterable[int], min_judgements: int
) -> pd.DataFrame:
    """Correlate leniency learned on windows before a split with that learned after it.

    Both sides are fitted on their own judgements alone, so that noise cannot agree with itself;
    candidates who go on past the split are in both. All windows are tried on the same
    interviewers: those with enough judgements in the shortest window and after the split.

    Parameters
    ----------
    judgements
        The panel of judgements with `judged_at`.
    split
        Instant between past and future.
    windows
        Lengths of the past in days; all of it comes beside them.
    min_judgements
        Judgements that an interviewer must have on either side.

    Returns
    -------
    DataFrame
        `level` (days, or `all`), `n` (interviewers), `estimate` (correlation), `estimate_se`
        (large-sample); empty where fewer than four interviewers can be compared.
    """
    before = judgements[judgements["judged_at"] < split]
    sides = {ALL_TIME: before, "later": judgements[judgements["judged_at"] >= split]}
    for days in windows:
        since = split - pd.Timedelta(days=days)
        sides[str(days)] = before[before["judged_at"] >= since]
    found = {name: _leniency(side, min_judgements) for name, side in sides.items()}
    together = pd.concat(found, axis=1, join="inner").dropna()
    names = [str(days) for days in windows] + [ALL_TIME]
    n = len(together)
    if n < 4:
        return pd.DataFrame({"level": [], "n": [], "estimate": [], "estimate_se": []})
    correlations = np.array([together[name].corr(together["later"]) for name in names])
    return pd.DataFrame(
        {
            "level": names,
            "n": n,
            "estimate": correlations,
            "estimate_se": (1.0 - correlations**2) / np.sqrt(n - 1),
        }
    )


def _leniency(judgements: pd.DataFrame, min_judgements: int) -> pd.Series:
    table = fit_interviewer_leniency(judgements).table
    judged = table[table["facet"] == "interviewer"]
    judged = judged[judged["n_judgements"] >= min_judgements]
    return judged.set_index("level")["estimate"].astype(float)
