{% set before = "period = 'before'" %}
{% set now = "period = 'now'" %}
with

clock as (

    select
        as_of,
        {{ days_after('as_of', -1 * var('health_period_days')) }} as now_from_at,
        {{ days_after('as_of', -2 * var('health_period_days')) }} as before_from_at
    from {{ source('run', 'clock') }}

),

ratings as (

    select
        ratings.*,
        ratings.platform_rating - ratings.trend_part as detrended_rating,
        case
            when ratings.session_end_at > clock.now_from_at then 'now'
            when ratings.session_end_at > clock.before_from_at then 'before'
        end as period
    from {{ ref('int_ratings_weighed') }} as ratings
    cross join clock

),

components as (

    select (adjusted_variance / nullif(interviewer_variance, 0))::numeric as ratio
    from {{ ref('int_rating_components_pivoted') }}

),

rated as (

    select
        interviewer_id,
        count(*) as n_rated,
        sum(detrended_rating) as detrended_sum,
        count(*) filter (where {{ before }}) as n_before,
        count(*) filter (where {{ now }}) as n_now,
        coalesce(sum(platform_rating) filter (where {{ before }}), 0) as sum_before,
        coalesce(sum(platform_rating) filter (where {{ now }}), 0) as sum_now,
        avg(detrended_rating) filter (where {{ now }})
        - avg(detrended_rating) filter (where {{ before }}) as detrended_change
    from ratings
    group by 1

),

stayed as (

    select
        sum(n_before) as n_before,
        sum(n_now) as n_now
    from rated
    where detrended_change is not null

),

-- How much those rated in both periods rose together beyond the trend, at the middle of their
-- shares. It is taken off, or who holds more sessions now would look better for it alone.
common_change as (

    select
        coalesce(
            sum(
                rated.detrended_change * (
                    rated.n_before / stayed.n_before + rated.n_now / stayed.n_now
                ) / 2
            ),
            0
        ) as rise
    from rated
    cross join stayed
    where rated.detrended_change is not null

),

averaged as (

    select
        rated.*,
        (rated.detrended_sum - common_change.rise * rated.n_now) / rated.n_rated as mean,
        coalesce(rated.n_rated / (rated.n_rated + components.ratio), 1) as reliability
    from rated
    cross join common_change
    cross join components

),

middle as (

    select sum(reliability * mean) / sum(reliability) as mean from averaged

),

-- One quality per interviewer, from all that is known of them, drawn to the mean as far as it
-- may be luck. Sessions go to whom the ratings of then flattered; against that luck's
-- passing, plain means of a period would book a loss within interviewers, and a gain by mix.
valued as (

    select
        averaged.*,
        middle.mean + averaged.reliability * (averaged.mean - middle.mean) as quality
    from averaged
    cross join middle

)

-- Groups of interviewers of like weight, each left out in turn, give the intervals. An
-- interviewer is left out whole: the sessions of one are not independent.
select
    interviewer_id,
    (
        row_number() over (order by n_before + n_now desc, interviewer_id)
        % {{ var('jackknife_groups') }}
    )::integer as jackknife_group,
    n_rated::integer as n_rated,
    n_before::integer as n_before,
    n_now::integer as n_now,
    sum_before::numeric(18, 6) as sum_before,
    sum_now::numeric(18, 6) as sum_now,
    round(quality, 9)::numeric(18, 9) as quality
from valued
