"""The published border keeps an unsound candidate set from the readers."""

from __future__ import annotations

import pytest
from borders import AS_OF, execute, set_clock

from expectations import published
from expectations.runner import reason_to_refuse, run_suites
from orchestration.lib.postgres import Connection

SCORES = """
create schema {schema};
create table {schema}.fct_experience_factors as
select 'i' || n as interviewer_id, 'excitement' as factor, 3.6::numeric as mean,
    1.0::numeric as weight, 3.6::numeric as points
from generate_series(1, 8) as n;
create table {schema}.fct_experience_scores as
select 'i' || n as interviewer_id, 10 as n_rated_window, 12 as n_rated_total,
    3.6::numeric as experience_score, 3.4::numeric as experience_low,
    3.8::numeric as experience_high, (n * 10)::numeric as percentile, n % 5 + 1 as fifth,
    0.1::numeric as quality_sd, true as is_published, timestamptz '{as_of}' as as_of
from generate_series(1, 8) as n;
create table {schema}.fct_accuracy_scores as
select 'i' || n as interviewer_id, 20 as n_mocks, 10 as n_mocks_with_outcome,
    0.5::numeric as evidence_share, 0.6::numeric as yes_rate, 0.6::numeric as later_pass_rate,
    0.1::numeric as leniency_se, 0.5::numeric as borderline_yes_prob,
    0.2::numeric as yes_ratio_log2,
    0.3::numeric as accuracy_score_raw, 0 as accuracy_score, 'ok'::text as accuracy_bucket,
    0.1::numeric as prob_too_strict, 0.1::numeric as prob_too_lenient,
    true as is_published, timestamptz '{as_of}' as as_of
from generate_series(1, 8) as n;
create table {schema}.fct_candidate_readiness as
select 'c' || n as candidate_id, 3 as n_judgements, 2 as n_mocks, 1 as n_real,
    0.6::numeric as ability_se, 0.7::numeric as pass_prob, 0.4::numeric as pass_prob_low,
    0.9::numeric as pass_prob_high, true as is_published, timestamptz '{as_of}' as as_of
from generate_series(1, 8) as n;
create table {schema}.fct_platform_experience as
select date '2020-01-06' + 7 * n as week_date, 20 as n_sessions, 10 as n_rated,
    3.6::numeric as platform_experience, 40.0::numeric as nps, 0.7::numeric as pass_through_rate
from generate_series(1, 8) as n;
"""
UNPUBLISH = "update scores_next.fct_experience_scores set is_published = false"
RAISE = """
    update scores_next.fct_experience_factors set mean = {score}, points = {score};
    update scores_next.fct_experience_scores
    set experience_score = {score}, experience_high = {score} + 0.1
"""
NO_SCORE = (
    "experience_score = null, experience_low = null, experience_high = null,"
    " percentile = null, fifth = null"
)


@pytest.fixture
def scores(database: Connection) -> Connection:
    set_clock(database)
    for schema in ("scores", "scores_next"):
        execute(database, SCORES.format(schema=schema, as_of=AS_OF))
    return database


def judge_set(warehouse: Connection) -> str | None:
    return reason_to_refuse(run_suites(warehouse.dsn, published.suites()))


def test_a_sound_candidate_set_may_be_published(scores: Connection) -> None:
    execute(scores, f"{UNPUBLISH}, {NO_SCORE} where interviewer_id = 'i1'")
    assert judge_set(scores) is None


def test_a_score_net_of_harsh_candidates_may_pass_the_end_of_the_scale(
    scores: Connection,
) -> None:
    execute(scores, RAISE.format(score=4.1))
    assert judge_set(scores) is None


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (RAISE.format(score=5.1), "within 0..5"),
        (f"{UNPUBLISH} where interviewer_id = 'i1'", "shows no score"),
        (f"{UNPUBLISH}, {NO_SCORE} where interviewer_id > 'i3'", "50% as many rows"),
        (
            "update scores_next.fct_experience_scores set experience_score = 3.7",
            "sum of its points",
        ),
        (
            "update scores_next.fct_experience_scores set n_rated_window = 4",
            "enough rated sessions",
        ),
        ("update scores_next.fct_experience_scores set percentile = 101", "within 0..100"),
        ("update scores_next.fct_experience_scores set experience_low = 3.9", "lower end"),
        (
            "update scores_next.fct_experience_scores set as_of = as_of - interval '1 day'",
            "this run's as_of",
        ),
        (
            "insert into scores_next.fct_accuracy_scores"
            " select * from scores_next.fct_accuracy_scores limit 1",
            "one row",
        ),
        (
            "update scores_next.fct_accuracy_scores set accuracy_score = 5, accuracy_score_raw = 5",
            "within -4..4",
        ),
        (
            "update scores_next.fct_accuracy_scores set accuracy_bucket = 'kind'",
            "a bucket is one of",
        ),
        (
            "update scores_next.fct_accuracy_scores set accuracy_score = null"
            " where interviewer_id = 'i1'",
            "exactly where it is published",
        ),
        (
            "update scores_next.fct_accuracy_scores set accuracy_score = null,"
            " accuracy_score_raw = null, accuracy_bucket = 'not_enough_data', is_published = false",
            "no ratio of yes rates",
        ),
        (
            "update scores_next.fct_accuracy_scores set accuracy_bucket = 'too_strict'",
            "strict scores are negative",
        ),
        ("update scores_next.fct_accuracy_scores set yes_rate = 1.2", "yes_rate lies within"),
        ("update scores_next.fct_experience_factors set mean = 3.4", "the weight times the mean"),
        ("update scores_next.fct_experience_factors set factor = 'mood'", "a question of"),
        ("drop table scores_next.fct_accuracy_scores", "could not be checked"),
        ("update scores_next.fct_platform_experience set nps = 101", "within -100..100"),
        (
            "update scores_next.fct_platform_experience set week_date = week_date + 2184"
            " where week_date = '2020-02-10'",
            "every week is over",
        ),
        ("update scores_next.fct_platform_experience set n_rated = 21", "part of the week's mocks"),
        ("update scores_next.fct_candidate_readiness set pass_prob = 1.2", "passing lies within"),
        (
            "update scores_next.fct_candidate_readiness set pass_prob = null",
            "a probability is shown exactly where",
        ),
        ("update scores_next.fct_candidate_readiness set n_real = 2", "of a real interview"),
    ],
)
def test_an_unsound_candidate_set_is_not_published(
    scores: Connection, damage: str, reason: str
) -> None:
    execute(scores, damage)
    assert reason in (judge_set(scores) or "published")


def test_the_first_set_has_nothing_to_be_compared_with(scores: Connection) -> None:
    execute(scores, "truncate scores.fct_experience_scores, scores.fct_accuracy_scores")
    assert judge_set(scores) is None
