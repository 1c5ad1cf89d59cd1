-- noqa: disable=LT02
{%- set told = [
    ('pass_through', 'n_real', 'n_passed'), ('smoothed', 'n_real_smoothed', 'n_passed_smoothed'),
] %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}

),

platform_weeks as (

    select * from {{ ref('fct_platform_experience') }}

),

-- A real interview belongs to the week of its decision, as on the platform's page.
placed as (

    select
        interview_type,
        is_advanced,
        (date_trunc('week', decided_at, 'UTC') at time zone 'UTC')::date as week_date
    from decided

),

-- A company may call a type 'all': the flag keeps it apart from the row of all types.
counted as (

    select
        week_date,
        case when grouping(interview_type) = 1 then 'all' else interview_type end
            as interview_type,
        grouping(interview_type) = 1 as is_all_types,
        count(*) as n_real,
        count(*) filter (where is_advanced) as n_passed
    from placed
    group by grouping sets ((week_date, interview_type), (week_date))

),

kinds as (

    select distinct
        counted.interview_type,
        counted.is_all_types
    from counted
    inner join platform_weeks
        on counted.week_date = platform_weeks.week_date

),

-- Every week has a row, also one without interviews: a line on a screen must not bridge a gap, and
-- trailing weeks are counted in rows.
listed as (

    select
        platform_weeks.week_date,
        kinds.interview_type,
        kinds.is_all_types,
        coalesce(counted.n_real, 0) as n_real,
        coalesce(counted.n_passed, 0) as n_passed
    from platform_weeks
    cross join kinds
    left join counted
        on platform_weeks.week_date = counted.week_date
            and kinds.interview_type = counted.interview_type
            and kinds.is_all_types = counted.is_all_types

),

smoothed as (

    select
        *,
        sum(n_real) over trailing_weeks as n_real_smoothed,
        sum(n_passed) over trailing_weeks as n_passed_smoothed
    from listed
    window trailing_weeks as (
        partition by interview_type, is_all_types
        order by week_date
        {{ last_rows(var('pass_through_weeks')) }}
    )

),

shares as (

    select
        *
        {%- for figure, n, passed in told %},
        case
            when {{ n }} >= {{ var('min_decided_real') }} then {{ passed }}::numeric / {{ n }}
        end as {{ figure }}_rate
        {%- endfor %}
    from smoothed

),

bounded as (

    select
        *
        {%- for figure, n, passed in told %},
        {{ wilson_bound(figure ~ '_rate', n, 'lower') }} as {{ figure }}_low,
        {{ wilson_bound(figure ~ '_rate', n, 'upper') }} as {{ figure }}_high
        {%- endfor %}
    from shares

)

select
    bounded.week_date,
    bounded.interview_type,
    {%- for figure, n, passed in told %}
    case
        when bounded.{{ figure }}_rate is null then 'not_enough_data'
        when bounded.{{ figure }}_high < {{ var('target_pass_rate') }} then 'below_target'
        when bounded.{{ figure }}_low > {{ var('target_pass_rate') }} then 'above_target'
        else 'on_target'
    end as {{ figure }}_status,
    {%- endfor %}
    {%- for figure, n, passed in told %}
    bounded.{{ n }}::integer as {{ n }},
    bounded.{{ passed }}::integer as {{ passed }},
    {%- for part in ['rate', 'low', 'high'] %}
    round(bounded.{{ figure }}_{{ part }}, 3)::numeric(4, 3) as {{ figure }}_{{ part }},
    {%- endfor %}
    round(bounded.{{ figure }}_rate / {{ var('ordinary_pass_rate') }}, 2)::numeric(5, 2)
        as {{ figure }}_uplift,
    {%- endfor %}
    {{ var('target_pass_rate') }}::numeric(4, 3) as target,
    {{ var('ordinary_pass_rate') }}::numeric(4, 3) as ordinary,
    bounded.is_all_types,
    bounded.pass_through_rate is not null as is_supported,
    bounded.smoothed_rate is not null as is_smoothed_supported,
    null::text as fit_id,
    clock.as_of
from bounded
cross join clock
