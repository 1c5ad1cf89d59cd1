with

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

-- Whole ten-thousandths of a point: integers add up exactly, in any order.
events as (

    select
        interviewer_id,
        session_id,
        submitted_at as happened_at,
        round(10000 * rating_sum::numeric / n_items)::bigint as rating
    from ratings

    union all

    select
        interviewer_id,
        session_id,
        session_start_at as happened_at,
        null as rating
    from sessions
    where kind = 'mock'
        and status = 'completed'

),

-- A form counts from just after the instant it came in, as in the other rules of the past.
looked_back as (

    select
        session_id,
        interviewer_id,
        rating,
        count(rating) over all_history as n_history,
        sum(rating) over all_history as history_sum,
        count(rating) over rolling_days as n_rolling,
        sum(rating) over rolling_days as rolling_sum
    from events
    window
        all_history as (
            partition by interviewer_id
            order by happened_at
            range between unbounded preceding and interval '1 microsecond' preceding
        ),
        rolling_days as (
            partition by interviewer_id
            order by happened_at
            {{ within_days_before(var('rolling_days')) }}
        )

)

select
    session_id,
    interviewer_id,
    n_history::integer as n_history,
    n_rolling::integer as n_rolling,
    (history_sum / 10000)::double precision / nullif(n_history, 0) as history_mean,
    (rolling_sum / 10000)::double precision / nullif(n_rolling, 0) as rolling_mean
from looked_back
where rating is null
    and n_history > 0
