with

clock as (

    select * from {{ source('run', 'clock') }}

),

experience as (

    select * from {{ ref('fct_experience_scores') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

scale as (

    select * from {{ ref('accuracy_buckets') }}

),

both_scores as (

    select
        accuracy.accuracy_score,
        experience.experience_score
    from accuracy
    inner join experience
        on accuracy.interviewer_id = experience.interviewer_id
    where accuracy.is_published
        and experience.is_published

),

averaged as (

    select
        scale.accuracy_score,
        scale.accuracy_bucket,
        count(both_scores.experience_score)::integer as n_interviewers,
        avg(both_scores.experience_score) as experience_mean,
        stddev_samp(both_scores.experience_score)
        / sqrt(nullif(count(both_scores.experience_score), 0)::numeric) as experience_se
    from scale
    left join both_scores
        on scale.accuracy_score = both_scores.accuracy_score
    group by 1, 2

)

select
    averaged.accuracy_score,
    averaged.accuracy_bucket,
    averaged.n_interviewers,
    round(averaged.experience_mean, 3)::numeric(7, 3) as experience_mean,
    round(
        averaged.experience_mean - {{ var('interval_z') }} * averaged.experience_se, 3
    )::numeric(7, 3) as experience_low,
    round(
        averaged.experience_mean + {{ var('interval_z') }} * averaged.experience_se, 3
    )::numeric(7, 3) as experience_high,
    clock.as_of
from averaged
cross join clock
