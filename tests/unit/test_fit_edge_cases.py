"""Every fit on panels that have little or nothing to say: the honest default, never an error."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone

from python_models.calibration.accuracy_scale import AccuracyScale, fit_accuracy_scale
from python_models.calibration.interviewer_leniency import (
    InterviewerLeniency,
    fit_interviewer_leniency,
)
from python_models.crossed_effects import CrossedEffects
from python_models.experience.churn_covariates import (
    CHURN_COVARIATES,
    ChurnCovariates,
    fit_churn_covariates,
)
from python_models.experience.experience_effects import InterviewerEffects, fit_experience_effects
from python_models.experience.experience_weights import fit_experience_weights
from python_models.experience.factor_weights import FactorWeights
from python_models.experience.rating_components import RatingComponents, fit_rating_components
from tests.unit.fit_promises import (
    Fit,
    keeps_its_columns,
    names_a_missing_column,
    repeats_itself,
)


def _covariates(n: int) -> pd.DataFrame:
    return pd.DataFrame({name: ["none"] * n for name in CHURN_COVARIATES})


def _cells(n: int = 4) -> pd.DataFrame:
    return _covariates(n).assign(
        verdict=["yes", "no", None, "none"][:n], n_sessions=50, n_left=[10, 20, 15, 0][:n]
    )


def _counts(n: int = 3) -> pd.DataFrame:
    return _covariates(n).assign(
        interviewer_id=[f"i{k}" for k in range(n)],
        n_sessions=[20, 2, 0][:n],
        n_left=[8, 1, 0][:n],
    )


def _ratings(n: int = 6) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "session_id": [f"s{k}" for k in range(n)],
            "interviewer_id": ["a", "a", "b", "b", "c", "c"][:n],
            "candidate_key": [f"c{k}" for k in range(n)],
            "rating": [3.0, 4.0, 2.0, 2.5, None, 4.0][:n],
            "verdict": "yes",
            "ended_at": pd.Timestamp("2024-01-01", tz="UTC"),
        }
    )


def _past(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return _covariates(n).assign(
        session_id=[f"s{k}" for k in range(n)],
        interviewer_id="a",
        has_left=rng.random(n) < 0.3,
        n_past=10,
        hints_past_mean=rng.normal(3, 0.3, n),
        clarity_past_mean=rng.normal(3, 0.3, n),
        tone_past_mean=None,
    )


def _judgements(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    is_real = np.arange(n) % 4 == 3
    return pd.DataFrame(
        {
            "session_id": [f"s{k}" for k in range(n)],
            "is_real": is_real,
            "candidate_key": [f"c{k // 4}" for k in range(n)],
            "interviewer_id": np.where(is_real, None, "a"),
            "company_id": np.where(is_real, "k", None),
            "interview_type": [None, "algorithms"] * (n // 2) + [None] * (n % 2),
            "n_earlier_sessions": np.arange(n) % 4,
            "would_advance": rng.random(n) < 0.5,
            "technical": pd.array(rng.integers(1, 5, n), dtype="Int64"),
            "problem_solving": pd.array([None] * n, dtype="Int64"),
        }
    )


def _links(n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    ability = rng.normal(0, 0.5, n)
    return pd.DataFrame(
        {
            "session_id": [f"s{k}" for k in range(n)],
            "is_real": np.arange(n) % 2 == 0,
            "said_yes": ability + rng.normal(0, 0.3, n) > 0,
            "ability": ability,
            "ability_reliability": 0.6,
            "leniency": 0.0,
            "n_others": 2,
        }
    )


PANELS: list[tuple[Fit, pd.DataFrame, str]] = [
    (fit_churn_covariates, _cells(), "n_left"),
    (fit_experience_effects, _counts(), "n_left"),
    (fit_rating_components, _ratings(), "rating"),
    (fit_experience_weights, _past(), "has_left"),
    (fit_interviewer_leniency, _judgements(), "technical"),
    (fit_accuracy_scale, _links(), "ability_reliability"),
]
IDS = [fit.__name__ for fit, _, _ in PANELS]


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_a_missing_column_is_named(fit: Fit, panel: pd.DataFrame, column: str) -> None:
    names_a_missing_column(fit, panel, column)


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_small_one_row_and_empty_panels_give_the_same_columns(
    fit: Fit, panel: pd.DataFrame, column: str
) -> None:
    for part, small in keeps_its_columns(fit, panel):
        assert small.warnings or len(part)


@pytest.mark.parametrize(("fit", "panel", "column"), PANELS, ids=IDS)
def test_a_fit_leaves_its_panel_alone_and_repeats_itself(
    fit: Fit, panel: pd.DataFrame, column: str
) -> None:
    repeats_itself(fit, panel)


@pytest.mark.parametrize("n_left", [0, 50])
def test_equal_labels_give_an_intercept_alone(n_left: int) -> None:
    fitted = fit_churn_covariates(_cells().assign(n_left=n_left))
    assert fitted.table["covariate"].tolist() == ["intercept"]
    # log((n_left + 1/2)/(n_stayed + 1/2)) of 200 sessions.
    expected = np.log(0.5 / 200.5) * (1 if n_left == 0 else -1)
    assert fitted.table["coefficient"].tolist() == pytest.approx([expected])
    assert "all labels are equal" in fitted.warnings[0]


def test_an_interviewer_without_information_has_no_effect_but_an_interval() -> None:
    fitted = fit_experience_effects(_counts())
    row = fitted.table.set_index("interviewer_id").loc["i2"]
    assert row["churn_effect"] == 0.0
    assert np.isfinite(row["churn_effect_se"])


def test_one_rating_each_leaves_the_variances_unknown() -> None:
    one_each = _ratings().iloc[[0, 2, 5]]
    fitted = fit_rating_components(one_each)
    values = fitted.table.set_index("component")["value"]
    assert values["mean"] == pytest.approx(3.0)
    assert values["interviewer_variance"] == values["candidate_variance"] == 0.0
    # What nobody in particular explains is residual: 3, 2 and 4 have variance 1.
    assert values["residual_variance"] == pytest.approx(1.0, rel=1e-4)
    assert fitted.diagnostics["is_known"] is False


def test_few_sessions_keep_equal_weights_and_an_unanswered_question_has_none() -> None:
    fitted = fit_experience_weights(_past())
    table = fitted.table.set_index("factor")
    assert table["weight"].to_dict() == {"hints": 0.5, "clarity": 0.5, "tone": 0.0}
    assert fitted.diagnostics["used_default"] is True
    assert "fewer than 10000" in fitted.diagnostics["reason"]
    assert any("tone" in note for note in fitted.warnings)


@pytest.mark.parametrize("has_left", [True, False])
def test_equal_labels_keep_equal_weights(has_left: bool) -> None:
    fitted = fit_experience_weights(_past().assign(has_left=has_left), min_sessions=10)
    assert fitted.table["weight"].tolist() == [0.5, 0.5, 0.0]
    assert fitted.diagnostics["reason"] == "nobody or everybody left"


def test_a_panel_without_factors_is_refused() -> None:
    panel = _past().drop(columns=["hints_past_mean", "clarity_past_mean", "tone_past_mean"])
    with pytest.raises(ValueError, match="<factor>_past_mean"):
        fit_experience_weights(panel)


def test_one_interviewer_and_one_company_can_be_fitted() -> None:
    rows = fit_interviewer_leniency(_judgements()).table.set_index("facet")
    assert rows.loc["interviewer", "level"] == "a"
    assert np.isfinite(rows.loc["interviewer", "estimate"])


def test_equal_judgements_teach_no_leniency() -> None:
    panel = _judgements().assign(would_advance=True, technical=3)
    fitted = fit_interviewer_leniency(panel)
    assert set(fitted.table["facet"]) == {"item"}
    assert "not estimated" in fitted.warnings[0]


def test_without_real_judgements_there_is_leniency_but_no_bar() -> None:
    judgements = _judgements()
    leniency = fit_interviewer_leniency(judgements[~judgements["is_real"]])
    assert "company" not in set(leniency.table["facet"])
    assert any("no real judgements" in note for note in leniency.warnings)
    links = _links()
    scale = fit_accuracy_scale(links[~links["is_real"]])
    assert "a50" not in set(scale.table["parameter"])
    assert "mock_intercept" in set(scale.table["parameter"])
    assert scale.diagnostics["has_bar"] is False


@pytest.mark.parametrize(
    "estimator",
    [
        AccuracyScale(max_iter=7),
        ChurnCovariates(max_iter=7),
        CrossedEffects(max_iter=7),
        FactorWeights(min_sessions=7),
        InterviewerEffects(min_sessions=7),
        InterviewerLeniency(max_iter=7),
        RatingComponents(max_iter=7),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_estimators_can_be_cloned_with_their_settings(estimator: BaseEstimator) -> None:
    copied = clone(estimator)
    assert copied is not estimator
    assert copied.get_params() == estimator.get_params()
    assert 7 in copied.get_params().values()
