"""The logistic solver against scikit-learn's, and what the design does to hopeless levels."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from python_models.design import build_design, independent_columns
from python_models.experience.churn_covariates import CHURN_COVARIATES, ChurnCovariates
from python_models.logistic import fit_logistic


def sessions(n: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "interview_type": rng.choice(["algorithms", "behavioral"], n, p=[0.7, 0.3]),
            "is_first_session": rng.random(n) < 0.3,
            "experience_level": rng.choice(["junior", "senior", None], n),
            "verdict": rng.choice(["yes", "no"], n),
            "performance": rng.choice(["2", "3"], n),
            "session_month": rng.choice(["2024-01", "2024-02"], n),
        }
    )
    # No form: neither verdict nor performance, so that one level determines the other.
    frame.loc[rng.random(n) < 0.1, ["verdict", "performance"]] = "none"
    log_odds = -1.0 + 0.6 * (frame["verdict"] == "no") + 0.4 * frame["is_first_session"]
    return frame.assign(has_left=(rng.random(n) < expit(log_odds)).astype(float))


def test_newton_on_cells_equals_scikit_learn_on_rows() -> None:
    frame = sessions()
    y = frame["has_left"].to_numpy()
    dense = np.random.default_rng(4).normal(size=(len(y), 2))
    design = build_design(frame[["verdict", "interview_type"]], np.ones(len(y)), y, min_n=1)
    found = fit_logistic(dense, y, cell=design.cell, matrix=design.matrix)
    rows = np.hstack([dense, design.matrix[design.cell]])
    peer = LogisticRegression(
        C=np.inf, solver="newton-cholesky", tol=1e-10, fit_intercept=False
    ).fit(rows, y)
    assert found.has_converged
    assert found.coefficients == pytest.approx(peer.coef_[0], abs=1e-6)
    prob = peer.predict_proba(rows)[:, 1]
    information = rows.T @ ((prob * (1 - prob))[:, None] * rows)
    assert found.information == pytest.approx(information, rel=1e-5, abs=1e-6)


def test_cells_give_the_same_coefficients_as_sessions() -> None:
    frame = sessions()
    names = list(CHURN_COVARIATES)
    cells = frame.groupby(names, dropna=False)["has_left"].agg(["size", "sum"]).reset_index()
    by_cell = ChurnCovariates().fit(
        cells[names], cells["size"].to_numpy(float), cells["sum"].to_numpy(float)
    )
    by_row = ChurnCovariates().fit(frame[names], np.ones(len(frame)), frame["has_left"].to_numpy())
    pd.testing.assert_frame_equal(by_cell.coefficients_, by_row.coefficients_, rtol=1e-6)
    left = frame["has_left"]
    # A model with an intercept predicts as many leavers as there were, in each level.
    predicted = by_cell.predict_prob(frame)
    assert predicted.sum() == pytest.approx(left.sum())
    is_no = (frame["verdict"] == "no").to_numpy()
    assert predicted[is_no].sum() == pytest.approx(left[is_no].sum())


def test_levels_that_cannot_be_estimated_share_the_reference() -> None:
    covariates = pd.DataFrame({"verdict": ["yes", "no", "none", "rare"]})
    n, n_left = np.array([500.0, 400.0, 100.0, 3.0]), np.array([100.0, 120.0, 0.0, 1.0])
    design = build_design(covariates, n, n_left, min_n=30)
    assert design.columns == (("intercept", ""), ("verdict", "no"))
    assert set(design.fixed_levels) == {
        ("verdict", "yes"),
        ("verdict", "none"),
        ("verdict", "rare"),
    }
    assert len(design.warnings) == 1
    assert (
        "counted as yes, with too few sessions or leavers to tell apart: none, rare"
        in design.warnings[0]
    )


def test_a_level_determined_by_another_is_dropped_without_a_note() -> None:
    frame = sessions()
    design = build_design(
        frame[["verdict", "performance"]],
        np.ones(len(frame)),
        frame["has_left"].to_numpy(),
        min_n=30,
    )
    assert ("performance", "none") in design.fixed_levels
    assert ("verdict", "none") in design.columns
    assert not any("performance" in note for note in design.warnings)


def test_booleans_and_nulls_are_spelled_as_sql_spells_them() -> None:
    frame = sessions()
    names = list(CHURN_COVARIATES)
    model = ChurnCovariates().fit(frame[names], np.ones(len(frame)), frame["has_left"].to_numpy())
    levels = set(zip(model.coefficients_["covariate"], model.coefficients_["level"], strict=True))
    assert {("is_first_session", "true"), ("is_first_session", "false")} <= levels
    assert ("experience_level", "unknown") in levels


def test_independent_columns_keep_the_earlier_of_two_alike() -> None:
    columns = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0], [1.0, 2.0, 0.0]])
    assert independent_columns(columns.T @ columns).tolist() == [0, 2]
