with

windowed as (

    select * from {{ ref('int_ratings_windowed') }}

),

-- Every other session of the window: both halves stand for the same time.
halved as (

    select
        interviewer_id,
        recency_rank % 2 + 1 as half,
        rating_sum::numeric / n_items - adjustment as observed,
        rating_sum::numeric / n_items as observed_raw
    from windowed

)

select
    interviewer_id,
    count(observed) filter (where half = 1)::integer as n_first,
    count(observed) filter (where half = 2)::integer as n_second,
    round(avg(observed) filter (where half = 1), 6) as first_mean,
    round(avg(observed) filter (where half = 2), 6) as second_mean,
    round(avg(observed_raw) filter (where half = 1), 6) as raw_first_mean,
    round(avg(observed_raw) filter (where half = 2), 6) as raw_second_mean
from halved
group by 1
