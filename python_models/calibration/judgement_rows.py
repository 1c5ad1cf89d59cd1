"""Judgements as the codes and fixed effects that the many-facet model takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_models.design import independent_columns
from python_models.frames import BoolArray, FloatArray, IntArray, as_floats, as_levels


@dataclass(frozen=True)
class JudgementRows:
    """Judgements that have a candidate and a composite, in the order of the panel.

    Attributes
    ----------
    X, fixed_names
        Fixed effects that the rows can tell apart: intercept, is_real, ln(1 + earlier sessions),
        interview types.
    fixed_zero
        Names of those that are 0 by definition: the reference type, and what cannot be told.
    is_real
        Whether a row is a real judgement.
    candidate, interviewer, company
        Codes; −1 where there is none.
    interviewers, companies
        Identifiers by code.
    """

    X: FloatArray
    fixed_names: list[str]
    fixed_zero: list[str]
    is_real: BoolArray
    candidate: IntArray
    interviewer: IntArray
    company: IntArray
    interviewers: list[str]
    companies: list[str]

    @property
    def facets(self) -> list[IntArray]:
        """Codes of the judges: interviewers, then companies."""
        return [self.interviewer, self.company]

    def effects_of_judges(self, effects: Sequence[FloatArray]) -> FloatArray:
        """Return what the judge adds to each row, from the effects of each facet's levels."""
        added = np.zeros(len(self.candidate))
        for codes, by_level in zip(self.facets, effects, strict=True):
            added += np.where(codes >= 0, np.append(by_level, 0.0)[codes], 0.0)
        return added


def judgement_rows(judgements: pd.DataFrame, is_real: BoolArray) -> JudgementRows:
    """Code judgements for the model.

    Parameters
    ----------
    judgements
        Rows with a candidate.
    is_real
        Whether each is of a real interview.

    Returns
    -------
    JudgementRows
        With one element for each row.
    """
    candidate, _ = pd.factorize(judgements["candidate_key"], sort=True)
    interviewer, interviewers = _codes_where(judgements["interviewer_id"], ~is_real)
    company, companies = _codes_where(judgements["company_id"], is_real)
    X, names, zeros = _fixed_design(judgements, is_real)
    return JudgementRows(
        X, names, zeros, is_real, candidate.astype(np.int64),
        interviewer, company, interviewers, companies,
    )  # fmt: skip


def _codes_where(ids: pd.Series, is_wanted: BoolArray) -> tuple[IntArray, list[str]]:
    codes, levels = pd.factorize(ids.where(pd.Series(is_wanted, index=ids.index)), sort=True)
    return codes.astype(np.int64), list(levels)


def _fixed_design(
    used: pd.DataFrame, is_real: BoolArray
) -> tuple[FloatArray, list[str], list[str]]:
    types = as_levels(used["interview_type"])
    # The most frequent type is the reference; equal counts go by name.
    order = types.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    earlier = np.maximum(np.nan_to_num(as_floats(used["n_earlier_sessions"])), 0.0)
    names = ["intercept", "is_real", "practice", *[f"type:{level}" for level in order.index[1:]]]
    indicators = [(types == level).to_numpy(dtype=np.float64) for level in order.index[1:]]
    design = np.column_stack(
        [np.ones(len(used)), is_real.astype(np.float64), np.log1p(earlier), *indicators]
    )
    kept = independent_columns(design.T @ design)
    dropped = [names[i] for i in np.setdiff1d(np.arange(len(names)), kept)]
    zeros = [f"type:{order.index[0]}", *dropped]
    return design[:, kept], [names[i] for i in kept], zeros
