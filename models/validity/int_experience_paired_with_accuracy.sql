with

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
        accuracy.interviewer_id,
        accuracy.accuracy_score_raw,
        accuracy.yes_rate,
        accuracy.later_pass_rate,
        experience.experience_score
    from accuracy
    inner join experience
        on accuracy.interviewer_id = experience.interviewer_id
    where accuracy.is_published
        and experience.is_published

),

ends as (

    select max(accuracy_score)::numeric as furthest
    from scale

),

-- The naive rule sets the share of yes against what companies later say of those who went on, on
-- the same scale: twice as often yes is 4, twice as often no is -4, and there it ends.
compared as (

    select
        both_scores.interviewer_id,
        both_scores.experience_score,
        case
            when both_scores.yes_rate >= both_scores.later_pass_rate
                then both_scores.yes_rate / nullif(both_scores.later_pass_rate, 0)
            else (1 - both_scores.yes_rate) / nullif(1 - both_scores.later_pass_rate, 0)
        end as times_as_often,
        sign(both_scores.yes_rate - both_scores.later_pass_rate) as direction,
        ends.furthest
    from both_scores
    cross join ends
    where both_scores.later_pass_rate is not null

),

paired as (

    select
        'fitted' as rule,
        interviewer_id,
        accuracy_score_raw,
        experience_score
    from both_scores

    union all

    -- Nobody passed, or everybody: infinitely many times as often.
    select
        'naive' as rule,
        interviewer_id,
        direction * coalesce(
            least(furthest * ln(times_as_often) / ln(2::numeric), furthest), furthest
        ) as accuracy_score_raw,
        experience_score
    from compared

)

select
    paired.rule,
    paired.interviewer_id,
    scale.accuracy_bucket,
    scale.accuracy_score,
    round(paired.accuracy_score_raw, 2)::numeric(4, 2) as accuracy_score_raw,
    paired.experience_score
from paired
inner join scale
    on round(paired.accuracy_score_raw) = scale.accuracy_score
