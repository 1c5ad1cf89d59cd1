"""Whether new weights may serve: what the suite cannot see, because it looks at one fit alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import psycopg

from orchestration.lib.dbt_project import dbt_vars
from orchestration.lib.registry import DEFAULT_FIT, FitKey, fit_in_force
from orchestration.lib.warehouse import Warehouse
from python_models.experience.weights_gate import compare_weights, largest_move
from python_models.fitted_table import FittedTable

CONFIRM = "seeds/confirmed_weights.csv"
_SAME = 1e-9


def judge_weights(
    warehouse: Warehouse, key: FitKey, panel: pd.DataFrame, result: FittedTable
) -> tuple[str | None, dict[str, Any]]:
    """Compare new weights with those in force.

    Refused are weights that predict leaving worse by more than one paired standard error on the
    newest months, and weights of which one has moved by more than the guardrail since the last
    that people got used to, unless a person has confirmed weights that lie near the new ones.

    Returns
    -------
    reason, diagnostics : str or None, dict
        Why they may not serve, and the figures behind the judgement.
    """
    new = dict(zip(result.table["factor"], result.table["weight"], strict=True))
    with warehouse.connect() as connection:
        schema = warehouse.schema("fitted")
        serving = fit_in_force(connection, schema, key)
        in_force = _weights(connection, schema, serving)
        confirmed = _confirmed(connection, warehouse.schema("seeds"), key)
    comparison = compare_weights(panel, in_force, **key.settings)
    factor, move = largest_move(new, in_force)
    diagnostics = {
        "weights_in_force": serving,
        "n_holdout": comparison.n_holdout,
        "holdout_loss_change": comparison.loss_change,
        "holdout_loss_change_se": comparison.loss_change_se,
        "largest_move": move,
        "largest_move_of": factor,
    }
    # Weights that have not moved cannot predict worse: what was tried are others, learned without
    # the newest months, which those in force have seen.
    if comparison.is_worse and move > _SAME:
        return (
            f"out of sample these weights predict leaving worse than those of {serving}: log-loss"
            f" {comparison.loss_change:+.5f} a session, standard error"
            f" {comparison.loss_change_se:.5f}"
        ), diagnostics
    # Nobody has got used to the weights that stand in before the first fit.
    guardrail = float(dbt_vars()["weights_guardrail"])
    jumps = serving != DEFAULT_FIT and move > guardrail + _SAME
    if jumps and not _is_near(new, confirmed, guardrail):
        return (
            f"the weight of {factor} would move by {move:.2f}, more than the guardrail of"
            f" {guardrail:.2f}; to accept it, write the weights wanted into {CONFIRM}, one row a"
            " factor, and run again"
        ), diagnostics
    return None, diagnostics


def _weights(connection: psycopg.Connection, schema: str, fit_id: str) -> dict[str, float]:
    rows = connection.execute(
        f"select factor, weight from {schema}.experience_weights where fit_id = %s", (fit_id,)
    )
    return {factor: float(weight) for factor, weight in rows}


def _confirmed(connection: psycopg.Connection, schema: str, key: FitKey) -> dict[str, float]:
    """Return the newest weights that a person had confirmed by then; empty if there are none."""
    rows = connection.execute(
        f"""select factor, weight from {schema}.confirmed_weights
            where confirmed_at = (
                select max(confirmed_at) from {schema}.confirmed_weights
                where confirmed_at <= %s
            )""",
        (key.trained_through,),
    )
    return {factor: float(weight) for factor, weight in rows}


def _is_near(new: Mapping[str, float], confirmed: Mapping[str, float], guardrail: float) -> bool:
    return bool(confirmed) and largest_move(new, confirmed)[1] <= guardrail + _SAME
