"""Worlds that went through the whole main job: what was published beside what is true."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg

from orchestration.lib.postgres import EmbeddedPostgres
from python_models.simulation import WORLDS, simulate_to_folder
from tests.pipeline.warehouse_house import House

# The rule that people had before: the plain mean of the last thirty forms, every item alike.
NAIVE_SCORE = """
    select interviewer_id, avg(rating) as naive_score
    from (
        select
            interviewer_id,
            rating_sum::float8 / n_items as rating,
            row_number() over (
                partition by interviewer_id order by session_end_at desc, session_id desc
            ) as recency_rank
        from marts.fct_feedback
    ) as forms
    where recency_rank <= 30
    group by 1
"""
EXPERIENCE = """
    select
        scores.interviewer_id,
        people.has_left,
        scores.n_rated_window,
        scores.quality_estimate::float8 as quality_estimate,
        scores.quality_sd::float8 as quality_sd,
        scores.churn_effect::float8 as churn_effect,
        scores.churn_effect_se::float8 as churn_effect_se
    from scores.fct_experience_scores as scores
    inner join marts.dim_interviewers as people
        on scores.interviewer_id = people.interviewer_id
"""
ACCURACY = """
    select
        interviewer_id,
        n_mocks,
        yes_rate::float8 as yes_rate,
        later_pass_rate::float8 as later_pass_rate,
        leniency::float8 as leniency,
        leniency_se::float8 as leniency_se,
        accuracy_score::float8 as accuracy_score
    from scores.fct_accuracy_scores
"""
STANDING = """
    select
        interviewer_id,
        greatest(prob_too_strict, prob_too_lenient)::float8 as prob_beyond
    from policy.fct_standing_history
    where week_date = (select max(week_date) from policy.fct_standing_history)
"""
WEIGHTS = """
    select factor, max(weight)::float8 as weight from scores.fct_experience_factors group by 1
"""
LEAVING = """
    select panel.*, sessions.session_start_at, sessions.session_end_at
    from panels.pnl_experience_weights as panel
    inner join marts.fct_sessions as sessions on panel.session_id = sessions.session_id
"""
NEWEST_FITS = """
    select distinct on (model) model, is_accepted, reason, diagnostics
    from fitted.fit_registry
    where fit_id <> 'default'
    order by model, trained_through desc, fitted_at desc
"""
REFUSALS = """
    select border, table_name, description, observed from run.expectation_results where not success
"""


@dataclass(frozen=True)
class PublishedWorld:
    """A world's published figures and its truth.

    Attributes
    ----------
    name, seed : str, int
        Which world it is.
    interviewers : DataFrame
        One row per interviewer: the published experience and accuracy, the naive score, the truth.
    weights : dict of str to float
        Published weight of each factor.
    true_weights : dict of str to float
        What really makes candidates stay.
    leaving : DataFrame
        Labelled mocks with the means of the ratings known before each.
    fits : dict of str to dict
        Registry row of each model's newest fit.
    """

    name: str
    seed: int
    interviewers: pd.DataFrame
    weights: dict[str, float]
    true_weights: dict[str, float]
    leaving: pd.DataFrame
    fits: dict[str, dict[str, Any]]


def publish_world(name: str, seed: int, folder: Path) -> PublishedWorld:
    """Simulate a world, run the main job on it as `make run` does, and read what it published."""
    raw = folder / "raw"
    simulate_to_folder(WORLDS[name], seed, raw)
    server = EmbeddedPostgres(folder / "home")
    house = House(folder / "home", raw, raw, server)
    try:
        run = house.run(raw)
        with psycopg.connect(house.dsn) as connection:
            assert run.returncode == 0, run.stdout + run.stderr + _refusals(connection)
            return _read(connection, name, seed, raw / "truth")
    finally:
        server.stop()


def _read(
    connection: psycopg.Connection, name: str, seed: int, truth_folder: Path
) -> PublishedWorld:
    truth = pd.read_parquet(truth_folder / "interviewers.parquet")
    # Of the accuracy score the truth has the same name.
    people = truth.rename(columns={"accuracy_score": "true_accuracy_score"})
    for query in (EXPERIENCE, ACCURACY, STANDING, NAIVE_SCORE):
        people = people.merge(_frame(connection, query), on="interviewer_id", how="left")
    true_weights = pd.read_parquet(truth_folder / "weights.parquet")
    return PublishedWorld(
        name=name,
        seed=seed,
        interviewers=people,
        weights=_frame(connection, WEIGHTS).set_index("factor")["weight"].to_dict(),
        true_weights=true_weights.set_index("factor")["weight"].to_dict(),
        leaving=_frame(connection, LEAVING),
        fits=_frame(connection, NEWEST_FITS).set_index("model").to_dict("index"),
    )


def _refusals(connection: psycopg.Connection) -> str:
    """What the gates of a run that came to nothing had found."""
    return _frame(connection, REFUSALS).to_string()


def _frame(connection: psycopg.Connection, query: str) -> pd.DataFrame:
    cursor = connection.execute(query)
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
