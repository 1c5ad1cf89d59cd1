with

clock as (

    select * from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

feedback as (

    select * from {{ ref('fct_feedback') }}
    where not is_excused

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

-- One observation per session and metric. Leaving can only be told once it has matured, so its
-- periods lie further back.
observations as (

    select
        'platform_experience' as metric,
        rating_sum::numeric / n_items as observed,
        released_at as observed_at
    from feedback

    union all

    select
        'churn_rate' as metric,
        has_left::integer::numeric as observed,
        {{ days_after('session_end_at', var('churn_days')) }} as observed_at
    from sessions
    where kind = 'mock'
        and label_status = 'mature'

    union all

    select
        'pass_through_rate' as metric,
        is_advanced::integer::numeric as observed,
        decided_at as observed_at
    from decided

),

placed as (

    select
        observations.metric,
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
        stddev_samp(observed) filter (where period = 'now')
        / sqrt(nullif(count(*) filter (where period = 'now'), 0)::numeric) as se_now,
        avg(observed) filter (where period = 'last') as value_last
    from placed
    group by 1

),

leniency as (

    select
        'mean_leniency' as metric,
        count(leniency) as n_now,
        sum(leniency * n_mocks) / nullif(sum(n_mocks) filter (where leniency is not null), 0)
            as value_now,
        stddev_samp(leniency) / sqrt(nullif(count(leniency), 0)::numeric) as se_now,
        null::numeric as value_last
    from accuracy

),

means as (

    select * from averaged
    where metric = 'platform_experience'

    union all

    select * from leniency

),

-- Shares get Wilson's interval, which stays within 0 and 1; the others that of a mean.
bounded as (

    select
        metric,
        n_now,
        value_now,
        value_last,
        {{ wilson_bound('value_now', 'n_now', 'lower') }} as value_low,
        {{ wilson_bound('value_now', 'n_now', 'upper') }} as value_high
    from averaged
    where metric in ('churn_rate', 'pass_through_rate')

    union all

    select
        metric,
        n_now,
        value_now,
        value_last,
        value_now - {{ var('interval_z') }} * se_now as value_low,
        value_now + {{ var('interval_z') }} * se_now as value_high
    from means

),

uplift as (

    select
        'pass_through_uplift' as metric,
        n_now,
        value_now / {{ var('ordinary_pass_rate') }} as value_now,
        value_last / {{ var('ordinary_pass_rate') }} as value_last,
        value_low / {{ var('ordinary_pass_rate') }} as value_low,
        value_high / {{ var('ordinary_pass_rate') }} as value_high
    from bounded
    where metric = 'pass_through_rate'

),

measured as (

    select * from bounded
    union all
    select * from uplift

),

metrics as (

    select *
    from (
        values
        (1, 'platform_experience', 'rating points', null::numeric, true),
        (2, 'nps', 'net promoter score', null, false),
        (3, 'churn_rate', 'share of sessions', null, true),
        (4, 'pass_through_rate', 'share of real interviews', {{ var('target_pass_rate') }}, true),
        (
            5, 'pass_through_uplift', 'times an ordinary funnel',
            {{ var('target_pass_rate') }} / {{ var('ordinary_pass_rate') }}, true
        ),
        (6, 'mean_leniency', 'model units', 0, true),
        (7, 'return_rate', 'share of those who left', null, false)
    ) as listed (metric_position, metric, unit, target, is_measured)

),

listed_metrics as (

    select
        metrics.*,
        coalesce(measured.n_now, 0) as n_now,
        measured.value_now,
        measured.value_last,
        measured.value_low,
        measured.value_high
    from metrics
    left join measured
        on metrics.metric = measured.metric

)

select
    listed_metrics.metric,
    listed_metrics.unit,
    case
        when not listed_metrics.is_measured then 'not_measured_yet'
        when listed_metrics.value_now is null then 'not_enough_data'
        when listed_metrics.target is null then 'no_target'
        when listed_metrics.value_high < listed_metrics.target then 'below_target'
        when listed_metrics.value_low > listed_metrics.target then 'above_target'
        else 'on_target'
    end as status,
    listed_metrics.metric_position,
    listed_metrics.n_now::integer as n_now,
    round(listed_metrics.value_now, 3)::numeric(9, 3) as value_now,
    round(listed_metrics.value_low, 3)::numeric(9, 3) as value_low,
    round(listed_metrics.value_high, 3)::numeric(9, 3) as value_high,
    round(listed_metrics.value_last, 3)::numeric(9, 3) as value_last,
    round(listed_metrics.target, 3)::numeric(9, 3) as target,
    clock.as_of
from listed_metrics
cross join clock
