"""From leniency to the companies' scale: how often an interviewer says yes at the bar (B3)."""

from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import linalg
from sklearn.base import BaseEstimator

from python_models.fitted_table import FittedTable
from python_models.frames import BoolArray, FloatArray, as_floats, plain_numbers, require_columns
from python_models.logistic import LogisticFit, fit_logistic

# Variance of the logistic curve against the normal one that it is closest to, (16√3/15π)²:
# averaging logit P over a normal error divides the slope by sqrt(1 + this·slope²·variance).
LOGISTIC_TO_NORMAL = float((16 * np.sqrt(3) / (15 * np.pi)) ** 2)

REQUIRED = (
    "session_id",
    "is_real",
    "said_yes",
    "ability",
    "ability_reliability",
    "leniency",
)
PARAMETERS = (
    "real_intercept",
    "real_slope",
    "mock_intercept",
    "mock_ability_slope",
    "mock_leniency_slope",
    "a50",
)


class AccuracyScale(BaseEstimator):
    """Two links: real yes on ability; mock yes on ability and leniency.

    The ability offered for a judgement is a shrunken mean of the candidate's earlier residuals, so
    the true ability is that plus an independent error of variance v = A·(1 − reliability)
    (Berkson, not classical error: regression calibration has been done already, and dividing
    the slope by the reliability would correct twice; Carroll et al. 2006). What is left is the
    flattening of a logistic curve by averaging over that error: the slope seen is
    slope/sqrt(1 + .346·slope²·v) (Zeger, Liang & Albert 1988; slopes come out 6 % low at worst,
    where hardly anything is known of an ability that decides nearly all). Fitted with each
    row's own v, the parameters hold for the *true* ability. A is taken from the mocks: variance
    of ability over mean reliability.

    Ability is that on the day, from earlier judgements, as `InterviewerLeniency` defines it. A
    later real one exists only because this mock went well: with all others instead, scores
    under heavy selection are .67 too lenient on average, not .57. Real interviews come after
    more practice than mocks: without the practice term base scores are .25 too strict, not .03
    (simulated platforms, two seeds each).

    Leniency and ability add up in z, so their slopes should be alike: the leniency slope is
    drawn to the ability slope by a prior and kept within two of its standard deviations, which
    matters only where interviewers hardly differ.

    Assumes that the ability is calibrated among the candidates who came to be judged. Selection
    bends that, since a verdict is not Gaussian: where only a quarter of the mocks pass, scores
    came out up to .9 too lenient; without selection within .1.

    Parameters
    ----------
    min_judgements
        Judgements of a kind needed to fit its link.
    min_slope_z
        The real slope must be this many standard errors above 0 for a50 to exist.
    leniency_prior_sd
        Standard deviation of the leniency slope around the ability slope, as a share of it.
    max_iter, tol
        Rounds of the correction at most, and the largest change of a parameter at the end.
    """

    def __init__(
        self,
        min_judgements: int = 30,
        min_slope_z: float = 2.0,
        leniency_prior_sd: float = 0.25,
        max_iter: int = 50,
        tol: float = 1e-8,
    ) -> None:
        self.min_judgements = min_judgements
        self.min_slope_z = min_slope_z
        self.leniency_prior_sd = leniency_prior_sd
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self,
        said_yes: FloatArray,
        *,
        is_real: BoolArray,
        ability: FloatArray,
        reliability: FloatArray,
        leniency: FloatArray,
    ) -> Self:
        """Estimate both links and the ability at the bar.

        Parameters
        ----------
        said_yes
            1 where the judgement was a yes, else 0.
        is_real
            Whether it was of a real interview.
        ability, reliability
            The candidate's ability without this judgement, and its reliability.
        leniency
            Of the judging interviewer.

        Returns
        -------
        Self
            With `parameters_` and `ses_` (by the names in `PARAMETERS`; what could not be
            estimated is missing) and `warnings_`.
        """
        self.parameters_: dict[str, float] = {}
        self.ses_: dict[str, float] = {}
        self.warnings_: list[str] = []
        variance = _ability_variance(ability[~is_real], reliability[~is_real])
        error = variance * (1.0 - reliability)
        ones = np.ones(len(said_yes))
        self._fit_link("real", said_yes, np.column_stack([ones, ability]), error, is_real)
        mock = np.column_stack([ones, ability, leniency])
        self._fit_link("mock", said_yes, mock, error, ~is_real)
        return self

    def _fit_link(
        self, kind: str, y: FloatArray, X: FloatArray, error: FloatArray, is_kind: BoolArray
    ) -> None:
        y, X, error = y[is_kind], X[is_kind], error[is_kind]
        if len(y) < self.min_judgements or y.min() == y.max():
            self.warnings_.append(f"too few {kind} judgements, or all alike: no {kind} link")
            return
        is_live = np.array([True, *(X[:, 1:].std(axis=0) > 1e-12)])
        if not is_live[1]:
            self.warnings_.append(f"no ability is known for {kind} judgements: no {kind} link")
            return
        found = self._maximise(X[:, is_live], y, error, kind)
        covariance = np.zeros((X.shape[1], X.shape[1]))
        covariance[np.ix_(is_live, is_live)] = linalg.pinvh(found.information)
        beta = np.zeros(X.shape[1])
        beta[is_live] = found.coefficients
        names = {
            "real": ("real_intercept", "real_slope"),
            "mock": ("mock_intercept", "mock_ability_slope", "mock_leniency_slope"),
        }[kind]
        ses = np.sqrt(np.diag(covariance))
        if kind == "mock" and beta[1] > 0:
            beta[2], ses[2] = self._steady(beta[2], ses[2] if is_live[2] else np.inf, beta[1])
        self.parameters_ |= dict(zip(names, beta.tolist(), strict=True))
        self.ses_ |= dict(zip(names, ses.tolist(), strict=True))
        if kind == "real":
            self._find_bar(beta, covariance)

    def _maximise(self, X: FloatArray, y: FloatArray, error: FloatArray, kind: str) -> LogisticFit:
        slope = 0.0
        for _ in range(self.max_iter):
            flattening = 1.0 / np.sqrt(1.0 + LOGISTIC_TO_NORMAL * slope**2 * error)
            found = fit_logistic(flattening[:, None] * X, y)
            updated = float(found.coefficients[1])
            if abs(updated - slope) < self.tol:
                return found
            slope = updated
        self.warnings_.append(f"the {kind} link has not converged")
        return found

    def _steady(self, slope: float, se: float, ability_slope: float) -> tuple[float, float]:
        prior = 1.0 / (self.leniency_prior_sd * ability_slope) ** 2
        data = 1.0 / se**2
        drawn = (data * slope + prior * ability_slope) / (data + prior)
        # Where interviewers do not differ at all, what is left of their leniency is their own
        # verdicts' noise, and its slope is huge and sure of itself.
        reach = 2 * self.leniency_prior_sd * ability_slope
        steady = min(max(drawn, ability_slope - reach), ability_slope + reach)
        return steady, float((data + prior) ** -0.5)

    def _find_bar(self, beta: FloatArray, covariance: FloatArray) -> None:
        intercept, slope = float(beta[0]), float(beta[1])
        slope_se = float(np.sqrt(covariance[1, 1]))
        if slope <= 0 or slope < self.min_slope_z * slope_se:
            self.warnings_.append("companies' decisions do not follow ability: no bar (a50)")
            return
        bar = -intercept / slope
        gradient = np.array([-1.0 / slope, -bar / slope])
        self.parameters_["a50"] = bar
        self.ses_["a50"] = float(np.sqrt(gradient @ covariance @ gradient))


def fit_accuracy_scale(panel: pd.DataFrame, **settings: Any) -> FittedTable:
    """Fit `AccuracyScale` on the panel of judgements with abilities.

    Parameters
    ----------
    panel
        One row per judgement: `is_real`, `said_yes`, `ability`, `ability_reliability`,
        `leniency`.
    **settings
        Settings of `AccuracyScale`.

    Returns
    -------
    FittedTable
        Rows (parameter, value, value_se). Without a usable real link there is no row `a50`.
    """
    require_columns(panel, REQUIRED, "accuracy_scale")
    said_yes, ability = as_floats(panel["said_yes"]), as_floats(panel["ability"])
    is_real = np.nan_to_num(as_floats(panel["is_real"])) > 0
    is_used = np.isfinite(said_yes) & np.isfinite(ability)
    model = AccuracyScale(**settings).fit(
        said_yes[is_used],
        is_real=is_real[is_used],
        ability=ability[is_used],
        reliability=np.clip(np.nan_to_num(as_floats(panel["ability_reliability"])), 0, 1)[is_used],
        leniency=np.nan_to_num(as_floats(panel["leniency"]))[is_used],
    )
    names = [name for name in PARAMETERS if name in model.parameters_]
    table = pd.DataFrame(
        {
            "parameter": pd.Series(names, dtype="object"),
            "value": [model.parameters_[name] for name in names],
            "value_se": [model.ses_[name] for name in names],
        }
    )
    diagnostics = {
        "n_mock": int((is_used & ~is_real).sum()),
        "n_real": int((is_used & is_real).sum()),
        "real_yes_rate": _mean(said_yes[is_used & is_real]),
        "mock_yes_rate": _mean(said_yes[is_used & ~is_real]),
        "has_bar": "a50" in model.parameters_,
    }
    return FittedTable(
        table,
        model.get_params(),
        plain_numbers(diagnostics),
        int(is_used.sum()),
        tuple(model.warnings_),
    )


def _ability_variance(ability: FloatArray, reliability: FloatArray) -> float:
    told = float(reliability.sum())
    return float(np.var(ability)) * len(ability) / told if told > 0 else 0.0


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")
