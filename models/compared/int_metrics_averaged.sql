with

clock as (

    select * from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

ratings as (

    select * from {{ ref('int_ratings_weighed') }}

),

responses as (

    select * from {{ ref('fct_nps_responses') }}

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}

),

-- One observation per session and metric. Leaving can only be told once it has matured, so its
-- periods lie further back.
observations as (

    select
        'platform_experience' as metric,
        interviewer_id,
        platform_rating as observed,
        session_end_at as observed_at
    from ratings

    union all

    select
        'nps' as metric,
        null as interviewer_id,
        100 * (is_promoter::integer - is_detractor::integer)::numeric as observed,
        responded_at as observed_at
    from responses

    union all

    select
        'churn_rate' as metric,
        interviewer_id,
        has_left::integer::numeric as observed,
        {{ days_after('session_end_at', var('churn_days')) }} as observed_at
    from sessions
    where kind = 'mock'
        and label_status = 'mature'

    union all

    select
        'pass_through_rate' as metric,
        null as interviewer_id,
        is_advanced::integer::numeric as observed,
        decided_at as observed_at
    from decided

),

placed as (

    select
        observations.metric,
        observations.interviewer_id,
        observations.observed,
        case
            when observations.observed_at
                > {{ days_after('clock.as_of', -1 * var('health_period_days')) }} then 'now'
            when observations.observed_at
                > {{ days_after('clock.as_of', -2 * var('health_period_days')) }} then 'last'
        end as period
    from observations
    cross join clock
    where observations.observed_at <= clock.as_of

),

averaged as (

    select
        metric,
        count(*) filter (where period = 'now') as n_now,
        avg(observed) filter (where period = 'now') as value_now,
        avg(observed) filter (where period = 'last') as value_last,
        count(*) filter (where period = 'now' and observed > 0) as n_above,
        count(*) filter (where period = 'now' and observed < 0) as n_below
    from placed
    group by 1

),

-- Sessions of one interviewer are not independent: the interviewer is what was sampled.
missed as (

    select
        placed.interviewer_id,
        averaged.n_now,
        sum(placed.observed - averaged.value_now) as missed_by
    from placed
    inner join averaged
        on placed.metric = averaged.metric
    where placed.metric = 'platform_experience'
        and placed.period = 'now'
    group by 1, 2

),

experience_error as (

    select
        count(*) as n_interviewers,
        sqrt(sum(missed_by ^ 2) * count(*) / nullif(count(*) - 1, 0)) / max(n_now) as se_now
    from missed

)

select
    averaged.metric,
    averaged.n_now::integer as n_now,
    averaged.n_above::integer as n_above,
    averaged.n_below::integer as n_below,
    round(averaged.value_now, 9)::numeric(18, 9) as value_now,
    case
        when averaged.metric = 'platform_experience'
            then round(experience_error.se_now, 9)::numeric(18, 9)
    end as se_now,
    round(averaged.value_last, 9)::numeric(18, 9) as value_last
from averaged
cross join experience_error
