"""Abilities of candidates from earlier judgements: what SQL computes, for tests."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.calibration.composite import CompositeScale
from python_models.frames import BoolArray, FloatArray, as_floats, as_levels


@dataclass(frozen=True)
class Abilities:
    """For each judgement, the candidate's ability from the earlier ones.

    Parameters
    ----------
    ability
        On the day: shrunken mean of the earlier residuals (0 where there is none), plus practice.
    reliability
        Share of the ability's variance that the earlier ones tell, 0 to 1.
    n_others
        Number of earlier judgements used.
    leniency
        Leniency of the judging interviewer; 0 for real judgements.
    """

    ability: FloatArray
    reliability: FloatArray
    n_others: FloatArray
    leniency: FloatArray


def abilities_from_earlier(judgements: pd.DataFrame, rows: pd.DataFrame) -> Abilities:
    """Apply a fitted leniency table to judgements (the formulas of `InterviewerLeniency`).

    Parameters
    ----------
    judgements
        The panel of judgements, in order of time.
    rows
        The fitted table of `fit_interviewer_leniency`.

    Returns
    -------
    Abilities
        One entry for each judgement; NaN where the judgement has no item.
    """
    by_facet = {facet: part.set_index("level")["estimate"] for facet, part in rows.groupby("facet")}
    is_real = as_floats(judgements["is_real"]) > 0
    none = pd.Series(dtype=np.float64)
    leniency = _look_up(judgements["interviewer_id"], by_facet.get("interviewer", none), ~is_real)
    bar = _look_up(judgements["company_id"], by_facet.get("company", none), is_real)
    fixed, variance = by_facet["fixed"], by_facet["variance"]
    types = ("type:" + as_levels(judgements["interview_type"])).map(fixed).fillna(0.0)
    practice = fixed["practice"] * np.log1p(as_floats(judgements["n_earlier_sessions"]))
    expected = fixed["intercept"] + fixed["is_real"] * is_real + practice + types.to_numpy()
    constants = {str(level): float(value) for level, value in by_facet["item"].items()}
    z = CompositeScale(constants).composite(judgements, is_real)
    residual = z - expected - leniency - bar
    others, n_others = _sum_of_earlier(judgements["candidate_key"], residual)
    noise = variance["residual"] / np.maximum(n_others, 1)
    reliability = np.where(n_others > 0, variance["candidate"] / (variance["candidate"] + noise), 0)
    ability = others / np.maximum(n_others, 1) * reliability + practice
    return Abilities(ability, reliability, n_others, leniency)


def _look_up(ids: pd.Series, effects: pd.Series, is_wanted: BoolArray) -> FloatArray:
    return np.where(is_wanted, ids.map(effects).fillna(0.0).to_numpy(dtype=np.float64), 0.0)


def _sum_of_earlier(candidates: pd.Series, residual: FloatArray) -> tuple[FloatArray, FloatArray]:
    is_judged = np.isfinite(residual)
    known = pd.DataFrame(
        {"total": np.where(is_judged, residual, 0.0), "n": is_judged.astype(np.float64)}
    )
    codes, _ = pd.factorize(candidates)
    earlier = (known.groupby(codes).cumsum() - known).to_numpy()
    return earlier[:, 0], earlier[:, 1]
