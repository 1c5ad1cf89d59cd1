"""May new weights take over from those in force? Tried out of sample, kept from jumping (A4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from python_models.design import build_design
from python_models.experience.factor_weights import FactorWeights
from python_models.experience.weights_panel import WeightsRows, weights_rows
from python_models.frames import BoolArray, FloatArray, group_sums
from python_models.logistic import fit_logistic

# The months of the holdout are none that the fit has seen.
_LASTING_COVARIATES = (
    "interview_type",
    "is_first_session",
    "experience_level",
    "verdict",
    "performance",
)


@dataclass(frozen=True)
class WeightsComparison:
    """New weights beside those in force.

    Parameters
    ----------
    n_holdout
        Sessions of the newest months, on which both were tried; 0 where there are too few.
    loss_change
        Mean log-loss of a session with the new weights minus that with those in force; above 0
        the new ones predict leaving worse.
    loss_change_se
        Its standard error, paired by session and clustered by interviewer.
    """

    n_holdout: int
    loss_change: float
    loss_change_se: float

    @property
    def is_worse(self) -> bool:
        """Whether the new weights lose by more than one paired standard error."""
        return self.n_holdout > 0 and self.loss_change > self.loss_change_se


def compare_weights(
    panel: pd.DataFrame,
    in_force: Mapping[str, float],
    *,
    min_past: int = 5,
    holdout_share: float = 0.25,
    min_holdout: int = 500,
    **settings: Any,
) -> WeightsComparison:
    """Fit weights on the older months and try them on the newest, beside the weights in force.

    Parameters
    ----------
    panel
        The panel of the weights' fit.
    in_force
        Weight of each factor now; a factor it does not know has 0.
    min_past
        Past rated sessions a row needs.
    holdout_share
        The newest months that hold this share of the sessions are left out of the fit.
    min_holdout
        Sessions and leavers' sessions without which nothing is compared.
    **settings
        Settings of `FactorWeights`.

    Returns
    -------
    WeightsComparison
        The weights in force may have seen the holdout, so the test leans towards them.
    """
    rows = weights_rows(panel, min_past)
    is_held_out = _newest_months(rows.covariates["session_month"], holdout_share)
    older = rows.taken(~is_held_out)
    if is_held_out.sum() < min_holdout or len(older.has_left) < min_holdout:
        return WeightsComparison(0, 0.0, 0.0)
    model = FactorWeights(**settings)
    # The whole panel is enough for a fit or it is not: the part must not fall below the floor.
    share = len(older.has_left) / len(rows.has_left)
    fresh = model.set_params(min_sessions=int(model.min_sessions * share)).fit(
        older.means, older.has_left, covariates=older.covariates, groups=older.interviewer
    )
    live = [name for name, lives in zip(rows.factors, rows.is_live, strict=True) if lives]
    held = np.array([in_force.get(name, 0.0) for name in live])
    change = _losses(rows, rows.means @ fresh.weights_, is_held_out) - _losses(
        rows, rows.means @ held, is_held_out
    )
    clusters = rows.interviewer[is_held_out]
    mean = float(change.mean())
    by_interviewer = group_sums(clusters, change - mean, int(clusters.max()) + 1)
    error = float(np.sqrt(by_interviewer @ by_interviewer)) / len(change)
    return WeightsComparison(len(change), mean, error)


def _newest_months(month: pd.Series, share: float) -> BoolArray:
    months = month.astype(str)
    counts = months.value_counts().sort_index(ascending=False)
    enough = counts.cumsum() >= share * len(months)
    n_months = int(np.argmax(enough.to_numpy())) + 1 if len(counts) else 0
    held: BoolArray = months.isin(list(counts.index[:n_months])).to_numpy(dtype=np.bool_)
    return held


def _losses(rows: WeightsRows, score: FloatArray, is_held_out: BoolArray) -> FloatArray:
    """Log-loss of each held-out session, its model of leaving fitted on the others."""
    table = rows.covariates[list(_LASTING_COVARIATES)]
    y, n = rows.has_left, np.ones(len(rows.has_left))
    design = build_design(table, n, y, min_n=30)
    dense = (score - score.mean())[:, None]
    fit = ~is_held_out
    found = fit_logistic(dense[fit], y[fit], cell=design.cell[fit], matrix=design.matrix)
    log_odds = (
        dense @ found.coefficients[:1] + (design.matrix @ found.coefficients[1:])[design.cell]
    )
    prob = np.clip(expit(log_odds[is_held_out]), 1e-12, 1 - 1e-12)
    left = y[is_held_out]
    losses: FloatArray = -(left * np.log(prob) + (1 - left) * np.log1p(-prob))
    return losses


def largest_move(new: Mapping[str, float], accepted: Mapping[str, float]) -> tuple[str, float]:
    """Return the factor whose weight moved most, and by how much (absolute)."""
    factors = sorted(new.keys() | accepted.keys())
    moves = {name: abs(new.get(name, 0.0) - accepted.get(name, 0.0)) for name in factors}
    factor = max(moves, key=lambda name: moves[name])
    return factor, moves[factor]
