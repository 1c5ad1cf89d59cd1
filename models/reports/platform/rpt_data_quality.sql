-- The report waits for every fit, whose gates it tells of.
{% for stem in [
    'accuracy_held_out', 'accuracy_resolution', 'accuracy_scale', 'churn_covariates', 'churn_line',
    'dispatch_proposals', 'error_budget', 'experience_effects', 'experience_weights',
    'interviewer_leniency', 'lookback_curve', 'rating_components', 'session_share', 'way_back',
] -%}
-- depends_on: {{ ref('fit_' ~ stem) }}
{% endfor -%}
-- noqa: disable=LT02
{% set quarantined_tables = [
    'interviewers', 'candidates', 'sessions', 'candidate_feedback', 'interviewer_feedback',
    'hiring_decisions', 'nps_responses', 'availability', 'booking_requests', 'offers',
    'onboarding_meetings', 'onboarding_attendance', 'excused_ratings', 'standing_decisions',
    'erasure_requests',
] -%}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

load_counts as (

    select * from {{ source('ingestion', 'load_counts') }}

),

set_aside as (
    {% for table in quarantined_tables %}
    select
        '{{ table }}' as table_name,
        rule,
        load_id,
        released_at
    from {{ source('quarantine', table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A folder handed over once more brings nothing: no row, good or bad, that was not there.
brought_something as (

    select load_id from load_counts
    where n_accepted + n_released > 0
    union
    select load_id from set_aside

),

loads as (

    select loads.*
    from {{ source('ingestion', 'loads') }} as loads
    inner join brought_something
        on loads.load_id = brought_something.load_id
    cross join clock
    where loads.known_at <= clock.as_of

),

rule_counts as (

    select * from {{ source('ingestion', 'load_rule_counts') }}

),

put_aside as (

    select
        rule_counts.table_name,
        rule_counts.rule,
        rule_counts.load_id,
        rule_counts.n as n_rows,
        0 as n_held_back
    from rule_counts
    inner join loads
        on rule_counts.load_id = loads.load_id

),

newest_counts as (

    select
        load_counts.table_name,
        max(load_counts.load_id) as load_id
    from load_counts
    inner join loads
        on load_counts.load_id = loads.load_id
    group by load_counts.table_name

),

-- A rule that has ever caught a row says so when the newest load brought none.
caught_before as (

    select distinct
        put_aside.table_name,
        put_aside.rule,
        newest_counts.load_id,
        0 as n_rows,
        0 as n_held_back
    from put_aside
    inner join newest_counts
        on put_aside.table_name = newest_counts.table_name

),

-- A row that a later load took up was still held back at an earlier instant.
last_known as (

    select max(finished_at) as finished_at from loads

),

held_back as (

    select
        set_aside.table_name,
        set_aside.rule,
        set_aside.load_id,
        0 as n_rows,
        count(*) as n_held_back
    from set_aside
    inner join loads
        on set_aside.load_id = loads.load_id
    cross join last_known
    where set_aside.released_at is null or set_aside.released_at > last_known.finished_at
    group by set_aside.table_name, set_aside.rule, set_aside.load_id

),

caught as (

    select * from put_aside
    union all
    select * from caught_before
    union all
    select * from held_back

),

expectation_results as (

    select * from {{ source('run', 'expectation_results') }}

),

quarantined as (

    select
        'ingestion' as border,
        caught.table_name,
        caught.rule as check_name,
        case when caught.rule = 'reference_missing' then 'info' else 'warning' end as severity,
        case
            when caught.rule = 'reference_missing'
                then 'rows that wait for the interviewer, candidate or session they name'
            else 'rows that the loader put into quarantine under this rule'
        end as detail,
        loads.load_seq,
        sum(caught.n_rows) as n_rows,
        sum(caught.n_held_back) as n_held_back,
        sum(caught.n_rows) = 0 as is_passed,
        loads.known_at
    from caught
    inner join loads
        on caught.load_id = loads.load_id
    group by caught.table_name, caught.rule, loads.load_seq, loads.known_at

),

newest_load as (

    select
        coalesce(max(load_seq), 0) as load_seq,
        max(known_at) as known_at
    from loads

),

-- The newest answer to each expectation of the borders behind us. The published border judges this
-- very set: its answers stand in run.expectation_results and on Dagster's screen.
newest as (

    select
        *,
        row_number() over (
            partition by border, table_name, expectation, column_name
            order by checked_at desc, run_id desc, description desc
        ) as recency_rank
    from expectation_results
    where border <> 'published'

),

expected as (

    select
        newest.border,
        newest.table_name,
        concat_ws(': ', newest.expectation, newest.column_name) as check_name,
        newest.severity,
        newest.description as detail,
        newest_load.load_seq,
        null::bigint as n_rows,
        null::bigint as n_held_back,
        newest.success as is_passed,
        newest_load.known_at
    from newest
    cross join newest_load
    where newest.recency_rank = 1

),

unioned as (

    select * from quarantined
    union all
    select * from expected

)

select
    unioned.border,
    unioned.table_name,
    unioned.check_name,
    unioned.severity,
    unioned.detail,
    unioned.load_seq,
    unioned.n_rows::bigint as n_rows,
    unioned.n_held_back::bigint as n_held_back,
    unioned.is_passed,
    unioned.known_at,
    null::text as fit_id,
    clock.as_of
from unioned
cross join clock
