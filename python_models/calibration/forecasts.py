"""How good forecasts of yes or no are: Brier score, calibration line, reliability."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from python_models.frames import BoolArray, FloatArray, group_sums
from python_models.logistic import fit_logistic

# A forecast of never or always would be infinitely wrong once.
_CLOSEST = 0.005


def recalibrated(forecast: FloatArray, outcome: FloatArray, is_known: BoolArray) -> FloatArray:
    """Put forecasts on the outcomes' scale by a logistic line through those known (Platt 1999)."""
    X = np.column_stack([np.ones(len(forecast)), _log_odds(forecast)])
    y = outcome[is_known]
    if is_known.sum() < 2 or y.min() == y.max():
        return forecast
    return expit(X @ fit_logistic(X[is_known], y).coefficients)


def brier(
    forecast: FloatArray, outcome: FloatArray, cluster: FloatArray | Any
) -> tuple[float, float]:
    """Mean squared error of forecasts (Brier 1950) and its standard error, by cluster.

    Parameters
    ----------
    forecast, outcome
        Probabilities, and what came (0 or 1).
    cluster
        Who was forecast: errors of one candidate go together.
    """
    return clustered_mean((forecast - outcome) ** 2, cluster)


def clustered_mean(values: FloatArray, cluster: Any) -> tuple[float, float]:
    """Mean of values and its standard error when those of a cluster go together; NaN for one."""
    codes, levels = pd.factorize(cluster)
    mean = float(values.mean())
    if len(levels) < 2:
        return mean, float("nan")
    sums = group_sums(codes.astype(np.int64), values - mean, len(levels))
    inflation = len(levels) / (len(levels) - 1)
    return mean, float(np.sqrt(inflation * (sums @ sums)) / len(values))


def calibration_line(
    forecast: FloatArray, outcome: FloatArray, cluster: Any
) -> dict[str, tuple[float, float]]:
    """Intercept and slope of outcomes on the forecasts' log-odds: 0 and 1 if calibrated (Cox 1958).

    Parameters
    ----------
    forecast, outcome
        Probabilities, and what came (0 or 1).
    cluster
        Who was forecast: errors of one candidate go together (Liang & Zeger 1986).

    Returns
    -------
    dict
        Estimate and standard error by name; empty where outcomes, forecasts or clusters are all
        alike.
    """
    codes, levels = pd.factorize(cluster)
    if len(levels) < 2 or outcome.min() == outcome.max() or np.ptp(forecast) < 1e-9:
        return {}
    X = np.column_stack([np.ones(len(forecast)), _log_odds(forecast)])
    found = fit_logistic(X, outcome)
    pulls = X * (outcome - expit(X @ found.coefficients))[:, None]
    of_cluster = np.column_stack(
        [group_sums(codes.astype(np.int64), pull, len(levels)) for pull in pulls.T]
    )
    inflation = len(levels) / (len(levels) - 1)
    shift = np.linalg.solve(found.information, of_cluster.T)
    ses = np.sqrt(inflation * (shift**2).sum(axis=1))
    names = ("intercept", "slope")
    return {
        name: (float(value), float(se))
        for name, value, se in zip(names, found.coefficients, ses, strict=True)
    }


def _log_odds(prob: FloatArray) -> FloatArray:
    return logit(np.clip(prob, _CLOSEST, 1.0 - _CLOSEST))


def reliability(forecast: FloatArray, outcome: FloatArray, n_bins: int) -> pd.DataFrame:
    """Mean forecast and share that came true, by equally wide bins of the forecast.

    Parameters
    ----------
    forecast, outcome
        Probabilities, and what came (0 or 1).
    n_bins
        Bins between 0 and 1.

    Returns
    -------
    DataFrame
        `bin` (lower edge), `n`, `forecast`, `observed`; bins without forecasts are missing.
    """
    edge = np.minimum((forecast * n_bins).astype(int), n_bins - 1) / n_bins
    frame = pd.DataFrame({"bin": edge, "forecast": forecast, "observed": outcome})
    grouped = frame.groupby("bin")
    return grouped.mean().assign(n=grouped.size()).reset_index()
