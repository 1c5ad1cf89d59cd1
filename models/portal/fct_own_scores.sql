with

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

experience as (

    select * from {{ ref('fct_experience_scores') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

scale as (

    select * from {{ ref('accuracy_buckets') }}

)

-- Bucket and message only: interviewers see three buckets, not the number behind them.
select
    interviewers.interviewer_id,
    interviewers.handle,
    accuracy.accuracy_bucket,
    scale.message as accuracy_message,
    experience.unpublished_reason as experience_missing,
    experience.n_rated_window,
    experience.excitement_mean,
    experience.excitement_points,
    experience.question_quality_mean,
    experience.question_quality_points,
    experience.hint_quality_mean,
    experience.hint_quality_points,
    experience.communication_mean,
    experience.communication_points,
    experience.experience_score,
    experience.experience_low,
    experience.experience_high,
    experience.percentile,
    experience.as_of
from interviewers
inner join experience
    on interviewers.interviewer_id = experience.interviewer_id
inner join accuracy
    on interviewers.interviewer_id = accuracy.interviewer_id
left join scale
    on accuracy.accuracy_score = scale.accuracy_score
