with

clock as (

    select * from {{ source('run', 'clock') }}

),

ratings as (

    select * from {{ ref('int_ratings_weighed') }}

),

components as (

    select * from {{ ref('int_quality_scale_read') }}

),

-- What dispatch knows now, and what it knew when the period began over which shares of sessions
-- are told: a rank by hindsight would call those good who got many sessions.
moments as (

    select
        'as_of' as moment,
        as_of as known_at
    from clock

    union all

    select
        'period_start' as moment,
        {{ days_after('as_of', -1 * var('health_period_days')) }} as known_at
    from clock

),

known as (

    select
        moments.moment,
        moments.known_at,
        ratings.interviewer_id,
        ratings.session_id,
        ratings.platform_rating - ratings.trend_part as adjusted_rating,
        ratings.session_end_at,
        max(ratings.session_end_at) over (
            partition by moments.moment, ratings.interviewer_id
        ) as last_rated_at
    from ratings
    inner join moments
        on ratings.released_at <= moments.known_at

),

aged as (

    select
        *,
        {{ days_between('session_end_at', 'last_rated_at') }} / 7 as weeks_older
    from known

),

-- As in int_windows_summed, where interviewers drift an older session says less about today:
-- exponential smoothing at the steady-state gain of a random walk seen n / span times a week
-- (Muth 1960). There the oldest of the window keeps at least 1/e, because a score is to be a
-- plain mean as nearly as may be; over all of somebody's past that would throw drift away.
paced as (

    select
        aged.moment,
        aged.interviewer_id,
        case
            when max(aged.weeks_older) > 0 and max(components.adjusted_variance) > 0
                then
                    sqrt(
                        max(components.sure_drift_variance) * count(*)
                        / max(aged.weeks_older) / max(components.adjusted_variance)
                    )
            else 0
        end as discount_rate
    from aged
    cross join components
    group by 1, 2

),

discounted as (

    select
        aged.*,
        round(exp(-paced.discount_rate * aged.weeks_older)::numeric, 6) as discount
    from aged
    inner join paced
        on aged.moment = paced.moment
            and aged.interviewer_id = paced.interviewer_id

),

accumulated as (

    select
        *,
        coalesce(
            sum(discount) over (
                partition by moment, interviewer_id
                order by session_end_at, session_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as older_discount
    from discounted

)

select
    moment,
    interviewer_id,
    count(*)::integer as n_rated_total,
    (sum(discount * adjusted_rating) / sum(discount))::numeric(10, 6) as faded_mean,
    -- One over the number of sessions that the faded mean is worth.
    (sum(discount * discount) / (sum(discount) * sum(discount)))::numeric(10, 6)
        as noise_share,
    -- Weeks of drift between the faded mean and the last session: the mean of min(age, age')
    -- over pairs of sessions.
    (
        sum(discount * round(weeks_older::numeric, 6) * (discount + 2 * older_discount))
        / (sum(discount) * sum(discount))
    )::numeric(12, 6) as drift_weeks,
    ({{ days_between('max(last_rated_at)', 'max(known_at)') }} / 7)::numeric(12, 6)
        as idle_weeks
from accumulated
group by 1, 2
