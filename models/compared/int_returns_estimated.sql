with

-- Now, and as one would have told it a period earlier.
periods as (

    select
        'now' as period,
        as_of as told_at
    from {{ source('run', 'clock') }}

    union all

    select
        'last' as period,
        {{ days_after('as_of', -1 * var('health_period_days')) }} as told_at
    from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

followed as (

    select * from {{ ref('int_sessions_labelled') }}

),

-- Who is back within return_away_days was never away. Of the others some are back, and some are
-- still away when it is told: their absence is only known to have lasted so long.
absences as (

    select
        periods.period,
        coalesce(followed.next_session_at <= periods.told_at, false) as is_back,
        ceil(
            {{ days_between(
                'sessions.session_end_at', 'least(followed.next_session_at, periods.told_at)'
            ) }}
        )::integer as days_away
    from followed
    inner join sessions
        on followed.session_id = sessions.session_id
    cross join periods
    where least(followed.next_session_at, periods.told_at)
        > {{ days_after('sessions.session_end_at', var('return_away_days')) }}

),

by_day as (

    select
        period,
        days_away,
        count(*) as n_ended,
        count(*) filter (where is_back) as n_back
    from absences
    group by 1, 2

),

at_risk as (

    select
        period,
        days_away,
        n_back::numeric as n_back,
        (
            sum(n_ended) over (
                partition by period
                order by days_away
                rows between current row and unbounded following
            )
        )::numeric as n_at_risk
    from by_day

),

-- Kaplan and Meier's product and Greenwood's sum. A share of 0 has no logarithm.
survival as (

    select
        period,
        days_away,
        n_at_risk,
        exp(sum(ln(greatest(1 - n_back / n_at_risk, 1e-12))) over so_far) as share_away,
        sum(n_back / (n_at_risk * greatest(n_at_risk - n_back, 1))) over so_far as greenwood
    from at_risk
    window so_far as (partition by period order by days_away)

),

-- The longest time that enough absences have lasted, in both periods where both have one: a
-- share back within three years is no rise over one within two.
longest as (

    select
        period,
        max(days_away) as days_away
    from survival
    where n_at_risk >= {{ var('return_min_at_risk') }}
    group by 1

),

horizon as (

    select min(days_away) as horizon_days from longest

),

placed as (

    select
        survival.*,
        horizon.horizon_days,
        row_number() over (
            partition by survival.period
            order by survival.days_away desc
        ) as place
    from survival
    inner join longest
        on survival.period = longest.period
    inner join horizon
        on survival.days_away <= horizon.horizon_days

),

told as (

    select
        period,
        horizon_days,
        share_away,
        sqrt(greenwood) / nullif(abs(ln(share_away)), 0) as log_log_se
    from placed
    where place = 1

),

counted as (

    select
        period,
        count(*)::integer as n_absences,
        count(*) filter (where is_back)::integer as n_back
    from absences
    group by 1

)

-- On the scale of log(-log S), the interval stays within 0 and 1.
select
    told.period,
    told.horizon_days,
    counted.n_absences,
    counted.n_back,
    round(1 - told.share_away, 6)::numeric(9, 6) as return_rate,
    round(
        1 - power(told.share_away, exp(-1 * {{ var('interval_z') }} * told.log_log_se)), 6
    )::numeric(9, 6) as return_low,
    round(
        1 - power(told.share_away, exp({{ var('interval_z') }} * told.log_log_se)), 6
    )::numeric(9, 6) as return_high
from told
inner join counted
    on told.period = counted.period
