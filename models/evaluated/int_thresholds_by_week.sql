-- noqa: disable=LT02
{% set has_history = has_written_standings() %}
with

weeks as (

    select distinct week_date
    from {{ ref('fct_score_history') }}

),

thresholds as (

    select * from {{ ref('policy_thresholds') }}

),

dated as (

    select
        week_date,
        week_date::timestamp at time zone 'UTC' as week_start_at
    from weeks
    {%- if has_history %}
    where week_date > (
        select coalesce(max(written_weeks.week_date), '-infinity')
        from {{ written_standings() }} as written_weeks
    )
    {%- endif %}

),

-- Of each threshold the newest row that held on that Monday.
in_force as (

    select distinct on (dated.week_date, thresholds.threshold)
        dated.week_date,
        dated.week_start_at,
        thresholds.threshold,
        thresholds.value
    from dated
    inner join thresholds
        on dated.week_start_at >= thresholds.valid_from
    order by dated.week_date asc, thresholds.threshold asc, thresholds.valid_from desc

),

pivoted as (

    select
        week_date,
        week_start_at,
        {%- for threshold in standing_thresholds() %}
        max(value) filter (where threshold = '{{ threshold }}') as {{ threshold }},
        {%- endfor %}
        coalesce(max(value) filter (where threshold = 'policy_start'), 0) > 0 as is_policy_on
    from in_force
    group by week_date, week_start_at

)

-- Standing is kept from the day on which the policy began.
select
    *,
    (row_number() over (order by week_date))::integer as step
from pivoted
where is_policy_on
