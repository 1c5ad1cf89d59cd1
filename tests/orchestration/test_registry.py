"""A fit is written once, judged once, and named after what it was made from."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import psycopg
import pytest

from orchestration.lib.fitted_tables import CONTRACTS, fitted_ddl
from orchestration.lib.postgres import Connection
from orchestration.lib.registry import FitKey, find_fit, judge_fit, panel_hash, write_fit
from python_models.fitted_table import FittedTable

PANEL = pd.DataFrame({"interviewer_id": ["a", "b", "b"], "value": [1.5, None, 2.0]})
KEY = FitKey(
    stem="experience_weights",
    trained_through=datetime(2026, 1, 31, 9, tzinfo=UTC),
    data_hash=panel_hash(PANEL),
    settings={"prior": 0.15},
    code="0123456789abcdef",
)
WEIGHTS = FittedTable(
    table=pd.DataFrame(
        {
            "factor": ["excitement", "hint_quality"],
            "weight": [0.6, 0.4],
            "weight_raw": [0.61, np.nan],
            "weight_low": [0.5, 0.3],
            "weight_high": [0.7, 0.5],
        }
    ),
    settings={"prior": 0.15},
    diagnostics={"s": np.float64(1.25), "reason": None, "ratio": float("nan"), "n": np.int64(3)},
    n_rows=3,
    warnings=("few rows",),
)


@pytest.fixture
def fitted(database: Connection):
    with psycopg.connect(database.dsn) as connection:
        for statement in fitted_ddl("fitted"):
            connection.execute(statement)
        yield connection


def test_the_hash_of_a_panel_does_not_depend_on_the_order_of_its_rows():
    assert panel_hash(PANEL.iloc[::-1].reset_index(drop=True)) == panel_hash(PANEL)


@pytest.mark.parametrize(
    "other",
    [
        PANEL.iloc[:2],
        pd.concat([PANEL, PANEL.iloc[:1]]),
        PANEL.assign(value=[1.5, None, 2.0000001]),
        PANEL.rename(columns={"value": "other"}),
    ],
    ids=["a row less", "a row twice", "another value", "another column"],
)
def test_the_hash_of_a_panel_sees(other: pd.DataFrame):
    assert panel_hash(other) != panel_hash(PANEL)


def test_a_fit_is_named_after_its_inputs():
    assert KEY.fit_id.startswith("experience_weights-20260131T090000Z-")
    assert KEY.fit_id == replace(KEY).fit_id
    others = [
        replace(KEY, data_hash="0"),
        replace(KEY, settings={"prior": 0.2}),
        replace(KEY, code="fedcba9876543210"),
    ]
    assert len({KEY.fit_id, *(other.fit_id for other in others)}) == 4


def test_a_fit_is_written_with_its_stamp_and_waits_for_its_gate(fitted):
    write_fit(fitted, "fitted", KEY, WEIGHTS)
    rows = fitted.execute(
        """select fit_id, trained_through, factor, weight, weight_raw
        from fitted.experience_weights order by factor"""
    ).fetchall()
    assert rows == [
        (KEY.fit_id, KEY.trained_through, "excitement", 0.6, 0.61),
        (KEY.fit_id, KEY.trained_through, "hint_quality", 0.4, None),
    ]
    found = find_fit(fitted, "fitted", KEY.stem, KEY.fit_id)
    assert found is not None
    assert (found.is_accepted, found.is_judged, found.n_rows) == (False, False, 3)
    assert found.diagnostics == {
        "s": 1.25,
        "reason": None,
        "ratio": None,
        "n": 3,
        "warnings": ["few rows"],
    }


def test_writing_a_fit_again_replaces_it(fitted):
    write_fit(fitted, "fitted", KEY, WEIGHTS)
    write_fit(fitted, "fitted", KEY, replace(WEIGHTS, table=WEIGHTS.table.iloc[:1]))
    count = fitted.execute("select count(*) from fitted.experience_weights").fetchone()
    assert count == (1,)


@pytest.mark.parametrize(
    ("refusal", "is_accepted"), [(None, True), ("the weights sum to 0.9", False)]
)
def test_the_gate_accepts_or_refuses_with_a_reason(fitted, refusal, is_accepted):
    write_fit(fitted, "fitted", KEY, WEIGHTS)
    found = judge_fit(fitted, "fitted", KEY, refusal)
    assert (found.is_judged, found.is_accepted, found.reason) == (True, is_accepted, refusal)


def test_numbers_and_registry_row_live_and_die_together(fitted):
    fitted.commit()
    broken = replace(WEIGHTS, diagnostics={"reason": "\0 is nothing that jsonb takes"})
    with pytest.raises(psycopg.Error):
        write_fit(fitted, "fitted", KEY, broken)
    fitted.rollback()
    assert find_fit(fitted, "fitted", KEY.stem, KEY.fit_id) is None
    assert fitted.execute("select count(*) from fitted.experience_weights").fetchone() == (0,)


def test_every_fitted_table_starts_with_the_stamp():
    for contract in CONTRACTS.values():
        names = [name for name, _ in contract.typed_columns]
        assert names[:3] == ["fit_id", "trained_through", "fitted_at"]
