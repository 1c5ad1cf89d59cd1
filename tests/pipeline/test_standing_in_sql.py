"""The state machine in SQL against the rule that the error budget was simulated with."""

from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest
from warehouse_house import House

from python_models.policy.standing_rule import (
    Evaluation,
    Standing,
    Thresholds,
    decide,
    evaluate,
    new_standings,
)

pytestmark = pytest.mark.slow

RULE = Thresholds(warn_prob=0.6)
N_PEOPLE, N_WEEKS = 250, 45
DECISIONS = {
    "warn": Standing.WARNED,
    "pause": Standing.PAUSED,
    "reinstate": Standing.WATCH,
    "override": Standing.GOOD,
}
ACTIONS = {Standing.WARNED: "warn", Standing.PAUSED: "pause", Standing.WATCH: "reinstate"}


def _weeks(seed: int) -> pd.DataFrame:
    """Random years: who works how much, how near the line, and what people decide."""
    rng = np.random.default_rng(seed)
    pace = rng.choice([0.3, 1.0, 3.0], N_PEOPLE)
    level = rng.uniform(0.1, 0.95, N_PEOPLE)
    n_rated = np.cumsum(rng.poisson(pace, (N_WEEKS, N_PEOPLE)), axis=0)
    prob = np.round(np.clip(level + rng.normal(0, 0.15, (N_WEEKS, N_PEOPLE)), 0, 1), 3)
    has_score = n_rated >= RULE.min_rated
    decision = rng.choice(["", *DECISIONS], (N_WEEKS, N_PEOPLE), p=[0.94, 0.03, 0.01, 0.01, 0.01])
    before = np.vstack([np.zeros((1, N_PEOPLE), dtype=int), n_rated[:-1]])
    week, who = np.indices((N_WEEKS, N_PEOPLE))
    flat = {
        "who": who, "step": week + 1, "n_rated": n_rated, "n_rated_decided": before,
        "prob_below_line": np.where(has_score, prob, np.nan), "decision": decision,
    }  # fmt: skip
    return pd.DataFrame({name: values.ravel() for name, values in flat.items()})


def _by_rule(weeks: pd.DataFrame) -> pd.DataFrame:
    """What the rule in Python says of each person and week."""
    standings, told = new_standings(N_PEOPLE), []
    first_seen = np.full(N_PEOPLE, np.inf)
    for step, rows in weeks.groupby("step", sort=True):
        code = rows["decision"].map(DECISIONS).fillna(Standing.NONE).to_numpy(dtype=np.int64)
        if step > 0:
            standings = decide(standings, code, rows["n_rated_decided"].to_numpy())
        prob = rows["prob_below_line"].to_numpy()
        first_seen = np.minimum(first_seen, np.where(np.isnan(prob), np.inf, step))
        visible = np.where(np.isinf(first_seen), 0.0, 7.0 * (step - first_seen))
        seen = Evaluation(prob, rows["n_rated"].to_numpy(), visible)
        standings = evaluate(standings, seen, RULE)
        is_change = standings.recommended != standings.standing
        told.append(
            pd.DataFrame(
                {
                    "who": rows["who"].to_numpy(),
                    "step": step,
                    "standing": [Standing(each).name.lower() for each in standings.standing],
                    "recommended": [
                        ACTIONS[Standing(each)] if changed else None
                        for each, changed in zip(standings.recommended, is_change, strict=True)
                    ],
                    "warn_run": standings.evaluations_over_warn,
                    "pause_run": standings.evaluations_over_pause,
                }
            )
        )
    return pd.concat(told).sort_values(["who", "step"], ignore_index=True)


def _compiled(house: House, folder: Path) -> str:
    """The model as dbt compiles it, reading the tables of the schema `trial`."""
    compiled = house.call(
        "dbt", "compile", "--quiet", "--select", "int_standings_walked",
        "--target-path", f"{folder}",
    )  # fmt: skip
    assert compiled.returncode == 0, compiled.stdout
    text = next(folder.glob("compiled/**/int_standings_walked.sql")).read_text()
    for schema, table in (
        ("evaluated", "int_weeks_evaluated"),
        ("marts", "dim_interviewers"),
        ("policy", "fct_standing_history"),
    ):
        assert f'"{schema}"."{table}"' in text
        text = text.replace(f'"{schema}"."{table}"', f'"trial"."{table}"')
    return text


TRIAL = (
    "create schema trial",
    "create table trial.fct_standing_history as"
    " select * from policy.fct_standing_history where false",
    "create table trial.dim_interviewers as"
    " select who::text as interviewer_id, timestamptz '2024-01-01 00:00+00' as joined_at"
    f" from generate_series(0, {N_PEOPLE - 1}) as who",
    "create table trial.given (who text, step integer, n_rated integer,"
    " n_rated_decided integer, prob numeric, decision text)",
)
EVALUATED = f"""
    create table trial.int_weeks_evaluated as
    select who as interviewer_id, step, n_rated, prob as prob_below_line,
        timestamptz '2024-01-01 00:00+00' + step * interval '7 days' as week_start_at,
        timestamptz '2023-12-30 00:00+00' + step * interval '7 days' as decided_at,
        n_rated >= {RULE.min_rated} as has_score_rated,
        0 as n_mocks, false as has_score_mocks,
        null::numeric as prob_too_strict, null::numeric as prob_too_lenient,
        false as is_short, decision, n_rated_decided, 0 as n_mocks_decided,
        false as has_reached_out,
        {RULE.min_new_rated} as min_new_evidence, {RULE.watch_prob} as watch_prob,
        {RULE.clear_prob} as clear_prob, {RULE.warn_prob} as warn_prob,
        {RULE.warn_evaluations} as warn_evaluations, {RULE.warn_min_rated} as warn_min_rated,
        {RULE.visible_days} as visible_days, {RULE.pause_prob} as pause_prob,
        {RULE.pause_evaluations} as pause_evaluations,
        {RULE.pause_min_rated_since_warning} as pause_min_since_warning
    from trial.given"""


def _by_sql(house: House, weeks: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """What the model says of these weeks; nothing of it stays in the warehouse."""
    text = _compiled(house, folder)
    with psycopg.connect(house.dsn) as connection:
        for statement in TRIAL:
            connection.execute(statement)
        with connection.cursor().copy("copy trial.given from stdin") as copy:
            for row in weeks.astype(object).where(weeks.notna(), None).itertuples(index=False):
                copy.write_row(
                    (row.who, row.step, row.n_rated, row.n_rated_decided, row.prob_below_line,
                     row.decision or None)
                )  # fmt: skip
        connection.execute(EVALUATED)
        rows = connection.execute(
            "select interviewer_id::integer as who, step, standing,"
            " nullif(recommended, 'outreach') as recommended,"
            " warn_run_below_line as warn_run, pause_run_below_line as pause_run"
            f" from ({text}) as walked order by 1, 2"
        )
        names = [column.name for column in rows.description]
        found = pd.DataFrame(rows.fetchall(), columns=names)
        connection.rollback()
    return found


def test_sql_and_the_simulated_rule_are_the_same_machine(house: House, tmp_path: Path) -> None:
    weeks = _weeks(seed=3)
    by_sql, by_rule = _by_sql(house, weeks, tmp_path), _by_rule(weeks)
    # Every standing and every recommendation is there to differ in.
    assert set(by_rule["standing"]) == {"new", "good", "watch", "warned", "paused"}
    assert set(by_rule["recommended"].dropna()) == {"warn", "pause", "reinstate"}
    by_sql, by_rule = by_sql.fillna(""), by_rule.fillna("")
    pd.testing.assert_frame_equal(by_sql, by_rule, check_dtype=False)
