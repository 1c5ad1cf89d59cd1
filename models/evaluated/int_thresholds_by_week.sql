-- noqa: disable=LT02
{% set has_history = has_written_standings() %}
with

weeks as (

    select distinct week_date
    from {{ ref('fct_score_history') }}

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

pivoted as (

    select
        week_date,
        week_date::timestamp at time zone 'UTC' as week_start_at,
        {%- for threshold in standing_thresholds() %}
        max(value) filter (where threshold = '{{ threshold }}') as {{ threshold }},
        {%- endfor %}
        coalesce(max(value) filter (where threshold = 'policy_start'), 0) > 0 as is_policy_on
    from {{ thresholds_at('dated', 'week_date', ref('policy_thresholds')) }}
        as in_force
    group by week_date

)

-- Standing is kept from the day on which the policy began.
select
    *,
    (row_number() over (order by week_date))::integer as step
from pivoted
where is_policy_on
