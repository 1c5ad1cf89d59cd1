"""Both links and what follows from them, fitted in memory on part of the judgements (B6)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from python_models.calibration.abilities import Abilities, abilities_from_earlier
from python_models.calibration.accuracy_scale import LOGISTIC_TO_NORMAL, fit_accuracy_scale
from python_models.calibration.accuracy_score import accuracy_score
from python_models.frames import FloatArray, as_floats


@dataclass(frozen=True)
class Links:
    """Both links as a fit found them, and the variance of true ability.

    Attributes
    ----------
    parameters
        Values by the names of `accuracy_scale.PARAMETERS`.
    candidate_variance
        Variance of ability between candidates.
    """

    parameters: dict[str, float]
    candidate_variance: float

    @property
    def has_bar(self) -> bool:
        """Whether decisions of companies could be linked to ability."""
        return "a50" in self.parameters and "mock_intercept" in self.parameters

    def scores(self, leniency: FloatArray) -> FloatArray:
        """Accuracy scores, not rounded, of interviewers of a leniency."""
        found = self.parameters
        log_odds = (
            found["mock_intercept"]
            + found["mock_ability_slope"] * found["a50"]
            + found["mock_leniency_slope"] * leniency
        )
        return accuracy_score(expit(log_odds))

    def pass_prob(self, abilities: Abilities) -> FloatArray:
        """Chance that the average company passes a candidate whose ability is known in part."""
        slope = self.parameters["real_slope"]
        error = self.candidate_variance * (1.0 - abilities.reliability)
        flattening = 1.0 / np.sqrt(1.0 + LOGISTIC_TO_NORMAL * slope**2 * error)
        return expit(flattening * (self.parameters["real_intercept"] + slope * abilities.ability))


def fit_links(judgements: pd.DataFrame, rows: pd.DataFrame) -> Links:
    """Fit both links on judgements, with what a leniency fit on the same ones found.

    Parameters
    ----------
    judgements
        The panel of judgements, in order of time.
    rows
        Table of `fit_interviewer_leniency`.
    """
    found = abilities_from_earlier(judgements, rows)
    panel = pd.DataFrame(
        {
            "session_id": judgements["session_id"].to_numpy(),
            "is_real": judgements["is_real"].to_numpy(),
            "said_yes": as_floats(judgements["would_advance"]),
            "ability": found.ability,
            "ability_reliability": found.reliability,
            "leniency": found.leniency,
        }
    )
    table = fit_accuracy_scale(panel).table
    variance = rows.loc[rows["facet"] == "variance"].set_index("level")["estimate"]
    return Links(
        dict(zip(table["parameter"], table["value"], strict=True)), float(variance["candidate"])
    )


def mean_earlier_verdict(judgements: pd.DataFrame) -> FloatArray:
    """Share of yes among the candidate's earlier mocks: what people look at without a model.

    Parameters
    ----------
    judgements
        The panel of judgements, in order of time.

    Returns
    -------
    FloatArray
        One for each judgement; NaN where no mock came before.
    """
    verdict = as_floats(judgements["would_advance"])
    is_mock = np.isfinite(verdict) & ~(np.nan_to_num(as_floats(judgements["is_real"])) > 0)
    known = pd.DataFrame({"yes": np.where(is_mock, verdict, 0.0), "n": is_mock.astype(float)})
    codes, _ = pd.factorize(judgements["candidate_key"])
    earlier = (known.groupby(codes).cumsum() - known).to_numpy()
    return np.divide(
        earlier[:, 0], earlier[:, 1], out=np.full(len(verdict), np.nan), where=earlier[:, 1] > 0
    )
