"""Between-group variance from estimates with known sampling variances."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from python_models.frames import FloatArray


@dataclass(frozen=True)
class Heterogeneity:
    """How much true effects differ between groups.

    Parameters
    ----------
    tau2
        Variance of the true effects (Paule-Mandel); 0 when nothing exceeds the noise.
    tau2_se
        Large-sample standard error of it.
    tau2_low, tau2_high
        90 % Q-profile interval of it.
    q_statistic, q_p_value
        Cochran's Q and its p-value under "all effects are equal".
    n_groups
        Groups that took part.
    """

    tau2: float
    tau2_se: float
    tau2_low: float
    tau2_high: float
    q_statistic: float
    q_p_value: float
    n_groups: int


def between_variance(estimates: FloatArray, variances: FloatArray) -> Heterogeneity:
    """Estimate how much true effects differ, by Paule and Mandel (1982).

    Q(t) = Σ (e − mean)² / (t + variance) falls in t; the estimate solves Q(t) = groups − 1, and
    the interval solves Q(t) = the 5 % and 95 % points of its chi-squared (Q-profile, Viechtbauer
    2007). Assumes independent estimates with known variances.

    Parameters
    ----------
    estimates, variances
        One estimate for each group and its sampling variance (positive).

    Returns
    -------
    Heterogeneity
        Zero variance and a p-value of 1 for fewer than two groups.
    """
    freedom = len(estimates) - 1
    if freedom < 1:
        return Heterogeneity(0.0, float("nan"), 0.0, 0.0, 0.0, 1.0, len(estimates))

    def q_at(tau2: float) -> float:
        weight = 1.0 / (tau2 + variances)
        mean = float(weight @ estimates / weight.sum())
        return float(weight @ (estimates - mean) ** 2)

    q_statistic = q_at(0.0)
    tau2 = _crossing(q_at, float(freedom), estimates)
    return Heterogeneity(
        tau2=tau2,
        tau2_se=float(np.sqrt(2.0 / np.sum((tau2 + variances) ** -2.0))),
        tau2_low=_crossing(q_at, float(stats.chi2.ppf(0.95, freedom)), estimates),
        tau2_high=_crossing(q_at, float(stats.chi2.ppf(0.05, freedom)), estimates),
        q_statistic=q_statistic,
        q_p_value=float(stats.chi2.sf(q_statistic, freedom)),
        n_groups=len(estimates),
    )


def _crossing(q_at: Callable[[float], float], target: float, estimates: FloatArray) -> float:
    if q_at(0.0) <= target:
        return 0.0
    upper = float(np.var(estimates)) + 1e-12
    while q_at(upper) > target:
        upper *= 4.0
    return float(optimize.brentq(lambda tau2: q_at(tau2) - target, 0.0, upper, xtol=1e-12))
