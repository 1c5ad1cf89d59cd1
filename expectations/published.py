"""The published border, where it is decided whether readers get the candidate set.

The suites look at the candidate set (`scores_next`) before it is merged into the permanent
tables. A failed critical check keeps the published figures as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.checks import (
    Check,
    Suite,
    aggregate_between,
    between,
    has_rows,
    holds,
    in_set,
    not_null,
    unique,
)
from expectations.published_readiness import readiness
from orchestration.lib.loading.contract import DEFAULT_QUESTIONS

BUCKETS = ("too_strict", "ok", "too_lenient", "not_enough_data")
SHARES = ("yes_rate", "later_pass_rate", "evidence_share")
PROBABILITIES = ("borderline_yes_prob", "prob_too_strict", "prob_too_lenient")
# Interviewers come and go by the dozen; half of the scores gone at once is a broken input.
LEAST_KEPT_SHARE = 0.5
# Net of harsh candidates a mean may pass the end of the scale; by a whole step it does not.
MOST_BEYOND_SCALE = 1
# Points are rounded to three decimals, and the score is their sum: only float noise is left.
POINTS_TOLERANCE = 0.0005
# A product rounded to three decimals.
ROUNDING_TOLERANCE = 0.001


def suites(
    *,
    schema: str = "scores_next",
    published_schema: str | None = "scores",
    clock: str = "run.clock",
    factors: Sequence[str] = DEFAULT_QUESTIONS,
    rating_min: int = 1,
    rating_max: int = 4,
    lookback_sessions: int = 30,
    min_rated_sessions: int = 5,
) -> list[Suite]:
    """Return the suites of the published border.

    Parameters
    ----------
    schema : str
        Where the candidate set is (``scores_asof`` in a run as of an earlier day).
    published_schema : str or None
        Where the permanent tables are; None when nothing was published that the set could be
        compared with.
    clock : str
        The one-row relation that holds ``as_of``: a set of another instant is a stale one.
    factors : sequence of str
        The candidate form's questions, as the seed ``experience_factors`` lists them.
    rating_min, rating_max, lookback_sessions, min_rated_sessions : int
        The dbt vars of the same names.
    """
    found = [
        _experience(schema, clock, (rating_min, rating_max), lookback_sessions, min_rated_sessions),
        _accuracy(schema, clock),
    ]
    if published_schema is not None:
        tables = [suite.table for suite in found]
        found += [_kept(schema, published_schema, table) for table in tables]
    return [
        *found,
        _factors(schema, factors),
        _platform(schema, clock, (rating_min, rating_max)),
        readiness(schema, clock),
    ]


def _suite(
    schema: str,
    table: str,
    clock: str,
    derived: Sequence[str],
    checks: Sequence[Check],
    joined: str = "",
) -> Suite:
    columns = ", ".join(
        ["candidate_set.*", "candidate_set.as_of = clock.as_of as is_of_this_run", *derived]
    )
    query = (
        f"select {columns} from {schema}.{table} as candidate_set"
        f" cross join {clock} as clock {joined}"
    )
    every_table = [
        has_rows("the table has rows", severity="warning"),
        not_null("interviewer_id", "every row belongs to an interviewer"),
        unique(["interviewer_id"], "each interviewer has one row"),
        not_null("as_of", "every row says for which instant it stands"),
        holds("is_of_this_run", "every row stands for this run's as_of"),
        not_null("is_published", "every row says whether it is published"),
    ]
    return Suite("published", schema, table, query, (*every_table, *checks))


def _experience(
    schema: str,
    clock: str,
    scale: tuple[int, int],
    lookback_sessions: int,
    min_rated_sessions: int,
) -> Suite:
    # From the long table, which holds the factors of any form.
    summed_points = (
        "left join (select interviewer_id as rated_id, sum(points) as points_sum"
        f" from {schema}.fct_experience_factors group by 1) as summed_points"
        " on summed_points.rated_id = candidate_set.interviewer_id"
    )
    low, high = scale[0] - MOST_BEYOND_SCALE, scale[1] + MOST_BEYOND_SCALE
    checks = [
        between(
            "n_rated_window",
            0,
            lookback_sessions,
            f"the window holds at most {lookback_sessions} sessions",
        ),
        holds("is_window_within_total", "the window is part of all rated sessions"),
        between("experience_score", low, high, f"a score lies within {low}..{high}"),
        holds("is_interval_ordered", "each interval has its lower end below its upper"),
        between("percentile", 0, 100, "a percentile lies within 0..100"),
        between("fifth", 1, 5, "a fifth lies within 1..5"),
        between("quality_sd", 0, None, "the posterior's spread is not negative"),
        holds("is_sum_of_points", "a score is the sum of its points"),
        holds("is_founded_if_published", "a published score rests on enough rated sessions"),
        holds(
            "has_interval_if_published",
            "a published score has an interval (none before a fit was ever accepted)",
            severity="warning",
        ),
        holds("is_null_if_unpublished", "an unpublished row shows no score"),
    ]
    flags = _experience_flags(min_rated_sessions)
    return _suite(schema, "fct_experience_scores", clock, flags, checks, summed_points)


def _experience_flags(min_rated_sessions: int) -> list[str]:
    return [
        "n_rated_window <= n_rated_total as is_window_within_total",
        "experience_low <= experience_high as is_interval_ordered",
        f"abs(experience_score - points_sum) < {POINTS_TOLERANCE} as is_sum_of_points",
        f"not is_published or (n_rated_window >= {min_rated_sessions}"
        " and experience_score is not null) as is_founded_if_published",
        "not is_published or (experience_low is not null and experience_high is not null)"
        " as has_interval_if_published",
        "is_published or (experience_score is null and experience_low is null"
        " and experience_high is null and percentile is null and fifth is null)"
        " as is_null_if_unpublished",
    ]


def _factors(schema: str, factors: Sequence[str]) -> Suite:
    query = (
        f"select *, abs(points - weight * mean) < {ROUNDING_TOLERANCE} as is_weighted_mean"
        f" from {schema}.fct_experience_factors"
    )
    checks = (
        unique(["interviewer_id", "factor"], "each interviewer has one row for each factor"),
        in_set("factor", factors, "a factor is a question of the candidate form"),
        between("weight", 0, 1, "each weight lies between 0 and 1"),
        holds("is_weighted_mean", "points are the weight times the mean"),
    )
    return Suite("published", schema, "fct_experience_factors", query, checks)


def _platform(schema: str, clock: str, scale: tuple[int, int]) -> Suite:
    query = (
        "select weeks.*, weeks.week_date + 7 <= clock.as_of at time zone 'UTC' as is_over,"
        " weeks.n_rated <= weeks.n_sessions as is_rated_within_held"
        f" from {schema}.fct_platform_experience as weeks cross join {clock} as clock"
    )
    low, high = scale
    # Net of harsh or kind candidates, a week's mean may leave the scale, but not by much.
    checks = (
        unique(["week_date"], "each week has one row"),
        holds("is_over", "every week is over"),
        holds("is_rated_within_held", "rated mocks are part of the week's mocks"),
        between("platform_experience", low - 1, high + 1, f"experience lies about {low}..{high}"),
        between("nps", -100, 100, "a net promoter score lies within -100..100"),
        between("pass_through_rate", 0, 1, "pass-through lies within 0..1"),
    )
    return Suite("published", schema, "fct_platform_experience", query, checks)


def _accuracy(schema: str, clock: str) -> Suite:
    derived = [
        "n_mocks_with_outcome <= n_mocks as is_outcome_within_mocks",
        "accuracy_score = round(accuracy_score) as is_whole",
        "is_published = (accuracy_score is not null) as is_score_where_published",
        "is_published = (accuracy_bucket <> 'not_enough_data') as is_bucket_where_published",
        "is_published or yes_ratio_log2 is null as is_ratio_where_published",
        "case accuracy_bucket when 'too_strict' then accuracy_score < 0"
        " when 'too_lenient' then accuracy_score > 0 end as is_bucket_on_its_side",
        "abs(accuracy_score_raw - accuracy_score) <= 0.501 as is_raw_rounded",
    ]
    checks = [
        between("accuracy_score", -4, 4, "an accuracy score lies within -4..4"),
        holds("is_whole", "an accuracy score is a whole number"),
        not_null("accuracy_bucket", "every interviewer is in a bucket"),
        in_set("accuracy_bucket", BUCKETS, f"a bucket is one of {', '.join(BUCKETS)}"),
        holds("is_score_where_published", "a score is shown exactly where it is published"),
        holds("is_bucket_where_published", "a row without a score is in no other bucket"),
        holds("is_ratio_where_published", "a row without a score shows no ratio of yes rates"),
        holds("is_bucket_on_its_side", "strict scores are negative and lenient ones positive"),
        holds("is_raw_rounded", "the score is its raw value, rounded"),
        holds("is_outcome_within_mocks", "mocks with an outcome are part of all mocks"),
        *(between(name, 0, 1, f"{name} lies within 0..1") for name in (*SHARES, *PROBABILITIES)),
        between("leniency_se", 0, None, "leniency's standard error is not negative"),
        aggregate_between(
            "mean",
            "accuracy_score",
            -2,
            2,
            "interviewers as a whole are near the companies' bar",
            severity="warning",
        ),
    ]
    return _suite(schema, "fct_accuracy_scores", clock, derived, checks)


def _kept(schema: str, published_schema: str, table: str) -> Suite:
    """Compare how many rows would be published with how many are."""
    query = (
        "select coalesce(cast(candidate_set.n_published as double precision)"
        " / nullif(published_set.n_published, 0), 1.0) as kept_share"
        f" from (select count(*) as n_published from {schema}.{table} where is_published)"
        " as candidate_set"
        " cross join"
        f" (select count(*) as n_published from {published_schema}.{table} where is_published)"
        " as published_set"
    )
    description = (
        f"at least {LEAST_KEPT_SHARE:.0%} as many rows are published as in {published_schema} now"
    )
    check = between("kept_share", LEAST_KEPT_SHARE, None, description)
    return Suite("published", schema, table, query, (check,))
