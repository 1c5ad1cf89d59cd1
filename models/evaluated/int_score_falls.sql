{% set has_history = has_written_standings() %}
with

weeks as (

    select
        interviewer_id,
        week_date,
        experience_score
    from {{ ref('int_weeks_evaluated') }}
    {%- if has_history %}

    union all

    select
        interviewer_id,
        week_date,
        experience_score
    from {{ written_standings() }} as written_weeks
    {%- endif %}

),

thresholds as (

    select
        max(value) filter (where threshold = 'score_fall') as score_fall,
        max(value) filter (where threshold = 'score_fall_weeks')::integer as score_fall_weeks
    from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as thresholds_in_force

),

newest as (

    select max(week_date) as week_date
    from weeks

),

compared as (

    select
        now.interviewer_id,
        earlier.week_date as week_before,
        now.week_date as week_now,
        earlier.experience_score as score_before,
        now.experience_score as score_now,
        thresholds.score_fall
    from weeks as now
    inner join newest
        on now.week_date = newest.week_date
    cross join thresholds
    inner join weeks as earlier
        on now.interviewer_id = earlier.interviewer_id
            and now.week_date - 7 * thresholds.score_fall_weeks = earlier.week_date

)

select
    interviewer_id,
    week_before,
    week_now,
    score_before,
    score_now
from compared
where score_before - score_now >= score_fall
