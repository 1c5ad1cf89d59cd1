"""New weights meet those in force: they must not predict worse, nor jump unconfirmed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import psycopg
import pytest

from orchestration.lib.fitted_tables import fitted_ddl
from orchestration.lib.postgres import Connection
from orchestration.lib.registry import FitKey, judge_fit, write_fit
from orchestration.lib.warehouse import Warehouse
from orchestration.lib.weights_gate import judge_weights
from python_models.fitted_table import FittedTable

FACTORS = ("excitement", "question_quality", "hint_quality", "communication")
NOW = datetime(2026, 1, 31, tzinfo=UTC)
EQUAL = (0.25, 0.25, 0.25, 0.25)
LEANING = (0.40, 0.20, 0.20, 0.20)
SKEWED = (0.70, 0.10, 0.10, 0.10)


@pytest.fixture
def warehouse(database: Connection) -> Warehouse:
    with psycopg.connect(database.dsn) as connection:
        for statement in fitted_ddl("fitted"):
            connection.execute(statement)
        connection.execute(
            "create schema seeds; create table seeds.confirmed_weights (factor text,"
            " weight double precision, confirmed_at timestamptz, confirmed_by text, reason text)"
        )
    return Warehouse(database.dsn)


def _key(at: datetime, name: str) -> FitKey:
    return FitKey("experience_weights", at, name, {"min_past": 5}, "code")


def _fit(weights: tuple[float, ...]) -> FittedTable:
    table = pd.DataFrame({"factor": FACTORS, "weight": weights, "weight_raw": weights,
                          "weight_low": 0.0, "weight_high": 1.0})  # fmt: skip
    return FittedTable(table, {}, {}, 1)


def _accept(warehouse: Warehouse, weights: tuple[float, ...]) -> str:
    key = _key(NOW - timedelta(days=30), "earlier")
    with warehouse.connect() as connection:
        write_fit(connection, "fitted", key, _fit(weights))
        judge_fit(connection, "fitted", key, None)
    return key.fit_id


def _panel(n: int = 12_000) -> pd.DataFrame:
    """Leaving depends on excitement most of all, and the more so the clearer."""
    rng = np.random.default_rng(1)
    interviewer = rng.integers(0, 200, n)
    means = 3.5 + rng.normal(0, 0.4, (200, 4))[interviewer]
    log_odds = -1.2 - 4.0 * ((means - 3.5) @ np.array(SKEWED))
    table = pd.DataFrame(means, columns=[f"{name}_past_mean" for name in FACTORS])
    return table.assign(
        session_id=np.arange(n).astype(str), interviewer_id=interviewer.astype(str),
        interview_type="algorithms", is_first_session=False, experience_level="mid",
        verdict="yes", performance=3, n_past=30,
        session_month=[f"2025-{month:02d}" for month in np.sort(rng.integers(1, 13, n))],
        has_left=rng.random(n) < 1 / (1 + np.exp(-log_odds)),
    )  # fmt: skip


def test_the_first_weights_replace_equal_ones_however_far(warehouse: Warehouse) -> None:
    reason, found = judge_weights(warehouse, _key(NOW, "new"), _panel(), _fit(SKEWED))
    assert reason is None
    assert found["weights_in_force"] == "default"


def test_a_jump_past_the_guardrail_waits_for_a_person(warehouse: Warehouse) -> None:
    in_force = _accept(warehouse, LEANING)
    key, panel = _key(NOW, "new"), _panel()
    reason, found = judge_weights(warehouse, key, panel, _fit(SKEWED))
    assert reason is not None
    assert "weight of excitement would move by 0.30" in reason
    assert "seeds/confirmed_weights.csv" in reason
    assert (found["weights_in_force"], found["largest_move_of"]) == (in_force, "excitement")
    with warehouse.connect() as connection:
        connection.cursor().executemany(
            "insert into seeds.confirmed_weights values (%s, %s, %s, 'ops lead', 'as wanted')",
            [(name, weight, NOW) for name, weight in zip(FACTORS, SKEWED, strict=True)],
        )
    assert judge_weights(warehouse, key, panel, _fit(SKEWED))[0] is None
    # What is confirmed later was not known then.
    with warehouse.connect() as connection:
        connection.execute("update seeds.confirmed_weights set confirmed_at = now()")
    assert judge_weights(warehouse, key, panel, _fit(SKEWED))[0] is not None


def test_a_step_within_the_guardrail_is_accepted(warehouse: Warehouse) -> None:
    _accept(warehouse, EQUAL)
    assert judge_weights(warehouse, _key(NOW, "new"), _panel(), _fit(LEANING))[0] is None


def test_weights_that_predict_worse_are_refused(warehouse: Warehouse) -> None:
    in_force = _accept(warehouse, SKEWED)
    panel = _panel()
    # Half of the older sessions say the opposite: what is learned from them loses on the newest.
    older = panel["session_month"] < "2025-09"
    columns = [f"{name}_past_mean" for name in FACTORS]
    panel.loc[older, columns] = panel.loc[older, columns[::-1]].to_numpy()
    reason, found = judge_weights(warehouse, _key(NOW, "new"), panel, _fit(LEANING))
    assert reason is not None
    assert reason.startswith(
        f"out of sample these weights predict leaving worse than those of {in_force}"
    )
    assert found["holdout_loss_change"] > found["holdout_loss_change_se"]
    # The same weights as before are no worse than themselves, whatever the older months say.
    assert judge_weights(warehouse, _key(NOW, "same"), panel, _fit(SKEWED))[0] is None
