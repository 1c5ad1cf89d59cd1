-- depends_on: {{ ref('fct_experience_scores') }}
-- depends_on: {{ ref('fct_accuracy_scores') }}
-- noqa: disable=LT02
{% set quarantined_tables = [
    'interviewers',
    'candidates',
    'sessions',
    'candidate_feedback',
    'interviewer_feedback',
    'hiring_decisions',
] -%}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

loads as (

    select * from {{ source('ingestion', 'loads') }}

),

held_back as (
    {% for table in quarantined_tables %}
    select
        '{{ table }}' as table_name,
        rule,
        load_id
    from {{ source('quarantine', table) }}
    where released_at is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

expectation_results as (

    select * from {{ source('run', 'expectation_results') }}

),

quarantined as (

    select
        'ingestion' as border,
        held_back.table_name,
        held_back.rule as check_name,
        'warning' as severity,
        count(*) as n_rows,
        false as is_passed,
        'rows that quarantine holds back under this rule' as detail
    from held_back
    inner join loads
        on held_back.load_id = loads.load_id
    cross join clock
    where loads.known_at <= clock.as_of
    group by held_back.table_name, held_back.rule

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
        border,
        table_name,
        concat_ws(': ', expectation, column_name) as check_name,
        severity,
        null::bigint as n_rows,
        success as is_passed,
        description as detail
    from newest
    where recency_rank = 1

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
    unioned.n_rows::bigint as n_rows,
    unioned.is_passed,
    clock.as_of
from unioned
cross join clock
