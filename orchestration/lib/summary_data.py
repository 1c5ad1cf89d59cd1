"""What the summary of a run shows, read from the published tables and from ``run``."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from orchestration.lib.clock import RunScope
from orchestration.lib.loading.inbox import INBOX_SCHEMA, INBOX_SOURCE
from orchestration.lib.simulated import SOURCE as SIMULATED

Row = dict[str, Any]

# The newest hand-over, and what was recorded here since: with it, if it came with the same run.
_NEWEST = f"""
    (
        select loads.load_id,
            case when loads.source = '{INBOX_SOURCE}' then '{INBOX_SCHEMA}.' else '' end as origin
        from run.loads as loads
        where loads.load_id in (
            (select max(any_load.load_id) from run.loads as any_load),
            (
                select max(any_load.load_id) from run.loads as any_load
                where any_load.source <> '{INBOX_SOURCE}'
            )
        )
    )"""

LOADED = f"""
    select newest.origin || counts.table_name as table_name, counts.n_read, counts.n_accepted,
        counts.n_unchanged, counts.n_quarantined, counts.n_released
    from run.load_counts as counts
    inner join {_NEWEST} as newest on newest.load_id = counts.load_id
    where counts.n_read > 0 or counts.n_released > 0
    order by newest.origin, counts.table_name"""

RULES = f"""
    select newest.origin || rules.table_name as table_name, rules.rule, rules.n
    from run.load_rule_counts as rules
    inner join {_NEWEST} as newest on newest.load_id = rules.load_id
    where rules.n > 0
    order by rules.n desc, newest.origin, rules.table_name, rules.rule"""

# Names may be as long, and as many, as whoever wrote the file pleased.
UNKNOWN = f"""
    select counts.table_name, cardinality(counts.unknown_columns) as n_names,
        string_agg(
            case when length(names.name) > 40 then left(names.name, 40) || '…' else names.name end,
            ', ' order by names.position
        ) as names
    from run.load_counts as counts
    cross join unnest(counts.unknown_columns[:12]) with ordinality as names (name, position)
    inner join {_NEWEST} as newest on newest.load_id = counts.load_id
    group by counts.table_name, counts.unknown_columns
    order by counts.table_name"""

SOURCE = f"""
    select source, known_at from run.loads where source <> '{INBOX_SOURCE}'
    order by load_seq desc limit 1"""

CLOCK = "select as_of from {run}.clock"

WEIGHTS = """
    select weights.factor, weights.weight, weights.weight_low, weights.weight_high, weights.fit_id
    from {fitted}.experience_weights as weights
    where weights.fit_id = (
        select scores.fit_id from {scores}.fct_experience_scores as scores limit 1
    )
    order by weights.weight desc, weights.factor"""

COUNTS = """
    select count(*) as n_interviewers,
        count(*) filter (where experience.is_published) as n_experience,
        count(*) filter (where accuracy.is_published) as n_accuracy
    from {scores}.fct_experience_scores as experience
    left join {scores}.fct_accuracy_scores as accuracy
        on accuracy.interviewer_id = experience.interviewer_id"""

HISTOGRAM = """
    with scored as (
        select experience_score
        from {scores}.fct_experience_scores
        where is_published
    ),

    bins as (
        select generate_series(
            (select floor(min(experience_score) * 10) / 10 from scored),
            (select max(experience_score) from scored),
            0.1
        ) as low
    )

    select bins.low, count(scored.experience_score) as n,
        count(scored.experience_score)::double precision
            / max(count(scored.experience_score)) over () as share_of_highest
    from bins
    left join scored
        on scored.experience_score >= bins.low and scored.experience_score < bins.low + 0.1
    group by bins.low
    order by bins.low"""

EXTREMES = """
    with ranked as (
        select scores.interviewer_id, people.handle, scores.quality_estimate,
            scores.experience_score, scores.experience_low, scores.experience_high,
            scores.n_rated_window, scores.percentile,
            row_number() over (
                order by scores.quality_estimate desc, scores.interviewer_id
            ) as place_from_top,
            row_number() over (
                order by scores.quality_estimate, scores.interviewer_id desc
            ) as place_from_bottom
        from {scores}.fct_experience_scores as scores
        left join {marts}.dim_interviewers as people
            on people.interviewer_id = scores.interviewer_id
        where scores.is_published and scores.percentile is not null
            and scores.quality_estimate is not null
    )

    select * from ranked
    where place_from_top <= 5 or place_from_bottom <= 5
    order by place_from_top"""

BUCKETS = """
    select accuracy_bucket, count(*) as n
    from {scores}.fct_accuracy_scores
    group by accuracy_bucket
    order by array_position(
        array['too_strict', 'ok', 'too_lenient', 'not_enough_data'], accuracy_bucket
    )"""

STANDINGS = """
    select 'standing' as kind, standing as name, count(*) as n
    from {policy}.fct_interviewer_standing
    where not has_left
    group by standing
    union all
    select 'recommended', recommended, count(*)
    from {policy}.fct_interviewer_standing
    where not has_left and recommended is not null
    group by recommended
    order by kind desc, n desc, name"""

# Recommended now, on a score that counts as seen since a week that was told in hindsight.
SEEN_IN_HINDSIGHT = f"""
    select count(*) as n,
        to_char(min(told.visible_since) at time zone 'UTC', 'YYYY-MM-DD') as visible_since
    from (
        select *,
            case recommended_for
                when 'below_line' then visible_since_rated
                else visible_since_mocks
            end as visible_since
        from {{policy}}.fct_standing_history
        where recommended in ('warn', 'pause')
            and week_date = (select max(week_date) from {{policy}}.fct_standing_history)
    ) as told
    where told.visible_since < (
            select max(week_date) from {{policy}}.fct_standing_history where is_backfilled
        )
        and exists (
            select from run.loads as loads
            where loads.source not in ('{SIMULATED}', '{INBOX_SOURCE}')
        )
    having count(*) > 0"""

HEALTH = """
    select metric, unit, status, value_now, value_low, value_high, value_last, target
    from {reports}.rpt_platform_health
    order by metric_position"""

FITS = """
    select distinct on (registry.model)
        registry.model, registry.is_accepted, registry.reason,
        registry.diagnostics -> 'warnings' as warnings
    from {fitted}.fit_registry as registry
    where registry.fit_id <> 'default'
        and registry.trained_through = (select clock.as_of from {run}.clock as clock)
    order by registry.model, registry.fitted_at desc"""

NOTES = "select unnest(prepared.notes) as note from run.prepared as prepared"

FAILED = """
    select border, table_name, severity, description, observed
    from {run}.expectation_results
    where not success
    order by array_position(array['critical', 'warning', 'info'], severity), border, table_name,
        description"""


class SummaryReader:
    """Runs the summary's queries in the schemas of one run."""

    def __init__(self, connection: psycopg.Connection, scope: RunScope) -> None:
        self._cursor = connection.cursor(row_factory=dict_row)
        folders = ("run", "fitted", "scores", "marts", "policy", "reports")
        self._schemas = {folder: f"{folder}{scope.suffix}" for folder in folders}

    def rows(self, query: str) -> list[Row]:
        """Run one of this module's queries."""
        return self._cursor.execute(query.format(**self._schemas)).fetchall()

    def row(self, query: str) -> Row:
        """Run a query of one row; an empty one where there is none."""
        return next(iter(self.rows(query)), {})
