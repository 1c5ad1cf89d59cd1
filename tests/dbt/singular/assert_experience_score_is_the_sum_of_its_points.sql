-- Legible to the last digit: whoever adds up the published points gets the published score, and
-- whoever multiplies a published weight and mean gets the points. Guards fct_experience_scores and
-- fct_experience_factors against a rounding in between.
with

scores as (

    select * from {{ ref('fct_experience_scores') }}

),

factors as (

    select * from {{ ref('fct_experience_factors') }}

),

added_up as (

    select
        interviewer_id,
        sum(points) as points_sum,
        bool_and(points = round(weight * mean, 3)) as is_weight_times_mean
    from factors
    group by 1

)

select
    scores.interviewer_id,
    scores.experience_score,
    added_up.points_sum
from scores
left join added_up
    on scores.interviewer_id = added_up.interviewer_id
where scores.is_published
    and not coalesce(
        scores.experience_score = added_up.points_sum and added_up.is_weight_times_mean,
        false
    )
