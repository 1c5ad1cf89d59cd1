"""Flips of an unchanged bucket are as many as weekly refits really make (B3)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from python_models.calibration.accuracy_resolution import fit_accuracy_resolution
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency
from python_models.calibration.links import fit_links
from python_models.calibration.steadiness import count_flips
from python_models.simulation import WORLDS, simulate
from tests.recovery.judgement_panels import judgement_panel

STRICT_EDGE, LENIENT_EDGE = -1.5, 1.5
ENOUGH = 5
# Nobody's strictness moves, so that each flip is one too many.
STILL = replace(
    WORLDS["base"],
    n_interviewers=300,
    n_candidates=7_350,
    n_companies=20,
    bias_drift_share=0.0,
)


def _refitted(judgements: pd.DataFrame, through: pd.Timestamp) -> pd.DataFrame:
    """What a refit on the judgements known by then says of each interviewer."""
    known = judgements[judgements["judged_at"] < through]
    fitted = fit_interviewer_leniency(known)
    links = fit_links(known, fitted.table)
    people = fitted.table[fitted.table["facet"] == "interviewer"].set_index("level")
    people = people[people["n_judgements"] >= ENOUGH]
    found = links.parameters
    return people.assign(
        score=links.scores(people["estimate"].to_numpy(dtype=float)),
        leniency_variance=fitted.diagnostics["interviewer_variance"],
        borderline_log_odds=found["mock_intercept"] + found["mock_ability_slope"] * found["a50"],
        leniency_slope=found["mock_leniency_slope"],
    )


def _panel(now: pd.DataFrame, year_ago: pd.DataFrame, judgements: pd.DataFrame) -> pd.DataFrame:
    mocks = judgements[~judgements["is_real"].astype(bool)]
    yes = mocks.groupby("interviewer_id")["would_advance"].mean().astype(float)
    return pd.DataFrame(
        {
            "interviewer_id": now.index,
            "leniency": now["estimate"].to_numpy(),
            "leniency_se": now["estimate_se"].to_numpy(),
            "n_mocks": now["n_judgements"].to_numpy(dtype=float),
            "n_mocks_year_ago": year_ago["n_judgements"].reindex(now.index, fill_value=0.0),
            "n_results": 0.0,
            "n_results_year_ago": 0.0,
            "yes_rate": yes.reindex(now.index).to_numpy(),
            "later_pass_rate": np.nan,
            "leniency_variance": now["leniency_variance"].to_numpy(),
            "borderline_log_odds": now["borderline_log_odds"].to_numpy(),
            "leniency_slope": now["leniency_slope"].to_numpy(),
            "strict_edge": STRICT_EDGE,
            "lenient_edge": LENIENT_EDGE,
        }
    )


@pytest.mark.whole_worlds
def test_flips_are_those_of_weekly_refits() -> None:
    judgements = judgement_panel(simulate(STILL, 41))
    end = judgements["judged_at"].max() + pd.Timedelta("1s")
    weeks = [_refitted(judgements, end - pd.Timedelta(weeks=back)) for back in range(52, -1, -1)]
    scores = pd.concat([week["score"] for week in weeks], axis=1).dropna()
    # The others judged nobody in the year.
    judged = [week.loc[scores.index, "n_judgements"] for week in (weeks[0], weeks[-1])]
    scores = scores[judged[1] > judged[0]]
    really = count_flips(scores.to_numpy().T, STRICT_EDGE, LENIENT_EDGE)
    fitted = fit_accuracy_resolution(_panel(weeks[-1], weeks[0], judgements)).table
    found = fitted.set_index(["measure", "level"]).loc[("flips", "ours")]
    se = np.hypot(really.std() / np.sqrt(len(really)), found["estimate_se"])
    figures = (really.mean(), found["estimate"], se)
    assert len(really) == found["n"]
    assert abs(really.mean() - found["estimate"]) < 2.5 * se, figures


def test_levels_that_lie_apart_are_told_apart_and_others_are_not() -> None:
    def people(se: float) -> pd.DataFrame:
        leniency = np.repeat(np.linspace(-0.9, 0.9, 9), 40)
        n = len(leniency)
        return pd.DataFrame(
            {
                "interviewer_id": [f"i{k}" for k in range(n)],
                "leniency": leniency,
                "leniency_se": se,
                "n_mocks": 60.0,
                "n_mocks_year_ago": 40.0,
                "n_results": 20.0,
                "n_results_year_ago": 12.0,
                "yes_rate": 0.6,
                "later_pass_rate": 0.6,
                "leniency_variance": 0.3,
                "borderline_log_odds": 0.0,
                "leniency_slope": 3.0,
                "strict_edge": STRICT_EDGE,
                "lenient_edge": LENIENT_EDGE,
            }
        )

    sharp, blurred = (fit_accuracy_resolution(people(se)) for se in (0.01, 0.4))
    n_levels = [fitted.diagnostics["n_levels"] for fitted in (sharp, blurred)]
    # The nine leniencies round to seven scores.
    assert n_levels[0] == 7
    assert n_levels[1] <= 3
    flips = [
        fitted.table.set_index(["measure", "level"]).loc[("flips", "ours"), "estimate"]
        for fitted in (sharp, blurred)
    ]
    assert 5 * flips[0] < flips[1], flips
