with

clock as (

    select * from {{ source('run', 'clock') }}

),

weights_fit as (

    select max(fit_id) as fit_id
    from {{ ref('fit_experience_weights') }}

),

averaged as (

    select * from {{ ref('int_metrics_averaged') }}

),

returns as (

    select * from {{ ref('int_returns_estimated') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

accuracy_fit as (

    select max(fit_id) as fit_id
    from accuracy

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

    select
        metric,
        n_now,
        value_now,
        se_now,
        value_last
    from averaged
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

    union all

    select
        metric,
        n_now,
        value_now,
        value_last,
        {{ net_promoter_bound('n_now', 'n_above', 'n_below', 'lower') }} as value_low,
        {{ net_promoter_bound('n_now', 'n_above', 'n_below', 'upper') }} as value_high
    from averaged
    where metric = 'nps'

    union all

    select
        'return_rate' as metric,
        max(n_absences) filter (where period = 'now') as n_now,
        max(return_rate) filter (where period = 'now') as value_now,
        max(return_rate) filter (where period = 'last') as value_last,
        max(return_low) filter (where period = 'now') as value_low,
        max(return_high) filter (where period = 'now') as value_high
    from returns

),

horizon as (

    select max(horizon_days) as horizon_days
    from returns

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
        (1, 'platform_experience', 'rating points', null::numeric),
        (2, 'nps', 'net promoter score, -100 to 100', null),
        (3, 'churn_rate', 'share of sessions', null),
        (4, 'pass_through_rate', 'share of real interviews', {{ var('target_pass_rate') }}),
        (
            5, 'pass_through_uplift', 'times an ordinary funnel',
            {{ var('target_pass_rate') }} / {{ var('ordinary_pass_rate') }}
        ),
        (6, 'mean_leniency', 'model units', 0),
        (
            7, 'return_rate',
            'share of those away over {{ var("return_away_days") }} days who came back', null
        )
    ) as listed (metric_position, metric, unit, target)

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
    listed_metrics.unit || case
        when listed_metrics.metric = 'return_rate' and horizon.horizon_days is not null
            then ' within ' || horizon.horizon_days || ' days of leaving'
        else ''
    end as unit,
    case
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
    case listed_metrics.metric
        when 'platform_experience' then weights_fit.fit_id
        when 'mean_leniency' then accuracy_fit.fit_id
    end as fit_id,
    clock.as_of
from listed_metrics
cross join clock
cross join horizon
cross join weights_fit
cross join accuracy_fit
