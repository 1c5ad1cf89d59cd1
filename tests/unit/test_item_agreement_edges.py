"""Item agreement by hand, and where there is too little to tell."""

from __future__ import annotations

import numpy as np
import pytest

from python_models.calibration.composite import ITEMS
from python_models.calibration.item_agreement import COLUMNS, ItemAgreement, find_item_agreement
from python_models.calibration.item_correlations import correlate_noise, project


def drawn(n: int = 800, n_judges: int = 40) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    owner, judge = rng.integers(0, n // 5, n), rng.integers(0, n_judges, n)
    impression = rng.normal(size=n) + rng.normal(size=n_judges)[judge]
    marks = [impression + rng.normal(0, 0.5, n) for _ in range(2)]
    values = dict(zip(ITEMS, [(impression > 0).astype(float), *marks], strict=True))
    return values | {"owner": owner, "judge": judge}


def find(data: dict[str, np.ndarray], **settings: object) -> ItemAgreement:
    items = {item: data[item] for item in ITEMS if item in data}
    facets = [data["judge"]]
    return find_item_agreement(items, owner=data["owner"], facets=facets, **settings)  # type: ignore[arg-type]


def test_projection_is_least_squares_with_explicit_columns() -> None:
    data = drawn(300, 12)
    rng = np.random.default_rng(1)
    values = np.column_stack([data["technical"], data["problem_solving"]])
    design = np.column_stack([np.ones(300), rng.normal(size=300)])
    indicators = [
        data[name][:, None] == np.arange(data[name].max() + 1) for name in ("owner", "judge")
    ]
    full = np.column_stack([*indicators, design]).astype(float)
    expected = values - full @ np.linalg.lstsq(full, values, rcond=None)[0]
    half = project(values, design, data["owner"], data["judge"], 12)
    assert half.residuals == pytest.approx(expected, abs=0.01)
    assert half.freedom == 300 - np.linalg.matrix_rank(full)
    found = correlate_noise([half])
    assert found["residual_correlation"] == pytest.approx(np.corrcoef(expected.T)[0, 1], abs=0.005)


def test_the_table_has_a_row_for_each_pair() -> None:
    found = find(drawn())
    assert list(found.pairs.columns) == COLUMNS
    assert list(zip(found.pairs["first"], found.pairs["second"], strict=True)) == [
        ("would_advance", "technical"),
        ("would_advance", "problem_solving"),
        ("technical", "problem_solving"),
    ]
    assert found.finding == "agree"


def test_missing_items_leave_the_judgements_that_have_both() -> None:
    data = drawn()
    data["technical"] = np.where(np.arange(800) < 700, data["technical"], np.nan)
    data["judge"] = np.where(np.arange(800) < 50, -1, data["judge"])
    assert list(find(data).pairs["n_judgements"]) == [650, 750, 650]


def test_few_judgements_or_one_item_tell_nothing() -> None:
    data = drawn()
    few = {name: values[:100] for name, values in data.items()}
    alone = {name: data[name] for name in ("would_advance", "owner", "judge")}
    nobody = data | {"judge": np.full(800, -1)}
    nothing = {name: values[:0] for name, values in data.items()}
    for case in (few, alone, nobody, nothing):
        found = find(case)
        assert found.finding == "cannot tell"
        assert "too few" in found.reason


def test_few_judges_leave_it_to_the_noise() -> None:
    found = find(drawn(n_judges=10))
    assert found.pairs["judge_correlation"].isna().all()
    assert found.finding == "agree"
    assert found.reason.startswith("residual")


def test_an_item_that_never_varies_tells_nothing() -> None:
    data = drawn()
    found = find(data | {"would_advance": np.ones(800)})
    assert found.finding == "cannot tell"
    assert np.isnan(found.pairs.loc[0, "residual_correlation"])


def test_thresholds_are_settings() -> None:
    strict = find(drawn(n_judges=10), least_residual_correlation=0.99)
    assert strict.finding == "disagree"
    assert "at least 0.99" in strict.reason


def test_one_mark_that_disagrees_is_enough() -> None:
    data = drawn(3_000)
    shuffled = np.random.default_rng(1).permutation(data["problem_solving"])
    found = find(data | {"problem_solving": shuffled})
    assert found.pairs["judge_correlation"].isna().tolist() == [False, True, True]
    assert found.finding == "disagree"
    assert "would_advance and problem_solving" in found.reason
    assert "technical" not in found.reason
