"""Where the marks of a form are about something else, verdicts alone tell leniency (B2)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from python_models.calibration.composite import ITEMS, learn_scale
from python_models.calibration.interviewer_leniency import fit_interviewer_leniency
from python_models.calibration.judgement_rows import judgement_rows
from python_models.calibration.links import fit_links
from python_models.crossed_effects import CrossedEffects
from python_models.fitted_table import FittedTable
from python_models.simulation import WORLDS, simulate
from tests.recovery.judgement_panels import judgement_panel

SMALL = replace(WORLDS["base"], n_interviewers=150, n_candidates=3_700, n_companies=12)


@pytest.fixture(scope="module")
def platform():
    return simulate(SMALL, 51)


@pytest.fixture(scope="module")
def shuffled(platform) -> pd.DataFrame:
    """Each mock's marks are those of another mock: they say nothing of verdict or judge."""
    panel = judgement_panel(platform)
    is_mock = ~panel["is_real"].to_numpy(dtype=bool)
    order = np.random.default_rng(0).permutation(int(is_mock.sum()))
    marks = ["technical", "problem_solving"]
    panel.loc[is_mock, marks] = panel.loc[is_mock, marks].to_numpy()[order]
    return panel


@pytest.fixture(scope="module")
def fitted(shuffled) -> FittedTable:
    return fit_interviewer_leniency(shuffled)


def _correlation(leniency: pd.Series, n: pd.Series, platform) -> float:
    truth = platform.truth["interviewers"].set_index("interviewer_id")["bias_now"]
    enough = n[n >= 20].index
    return float(leniency[enough].astype(float).corr(truth[enough]))


@pytest.mark.slow
def test_the_registry_says_which_model_was_used_and_why(platform, fitted) -> None:
    assert fitted.diagnostics["basis"] == "joint_logistic"
    assert "correlation of would_advance" in fitted.diagnostics["item_agreement"]
    as_is = fit_interviewer_leniency(judgement_panel(platform))
    assert as_is.diagnostics["basis"] == "composite"
    assert set(as_is.table["facet"]) == set(fitted.table["facet"]) | {"discrimination"}


@pytest.mark.slow
def test_only_the_verdict_keeps_its_constants(fitted) -> None:
    items = set(fitted.table.loc[fitted.table["facet"] == "item", "level"])
    kinds = ("", "real_")
    assert items == {f"{kind}{ITEMS[0]}:{part}" for kind in kinds for part in ("mean", "sd")}


@pytest.mark.slow
def test_it_finds_what_the_composite_loses(platform, shuffled, fitted) -> None:
    people = fitted.table[fitted.table["facet"] == "interviewer"].set_index("level")
    ours = _correlation(people["estimate"], people["n_judgements"], platform)
    is_real = shuffled["is_real"].to_numpy(dtype=bool)
    rows = judgement_rows(shuffled, is_real)
    z = learn_scale(shuffled, is_real).composite(shuffled, is_real)
    composite = CrossedEffects().fit(rows.X, z, owner=rows.candidate, facets=rows.facets)
    lost = pd.Series(composite.effects_[0], rows.interviewers)
    assert ours > 0.85
    assert ours > _correlation(lost, people["n_judgements"], platform) + 0.03


@pytest.mark.slow
def test_everything_downstream_takes_it_for_the_same_scale(platform, shuffled, fitted) -> None:
    """Links fitted on it, and scores: a unit of leniency moves a verdict as one of ability does."""
    found = fit_links(shuffled, fitted.table).parameters
    ratio = found["mock_leniency_slope"] / found["mock_ability_slope"]
    assert 0.7 < ratio < 1.4
    people = fitted.table[fitted.table["facet"] == "interviewer"].set_index("level")
    truth = platform.truth["interviewers"].set_index("interviewer_id")["bias_now"]
    errors = (people["estimate"].astype(float) * found["mock_leniency_slope"]) - (
        truth[people.index] * 1.7 / SMALL.judgement_noise
    )
    # Log-odds of a yes at the bar: the intervals are on the right scale, to a tenth or two.
    spread = people["estimate_se"].astype(float) * found["mock_leniency_slope"]
    assert 0.75 < (np.abs(errors - errors.mean()) < 1.645 * spread).mean() < 0.98
