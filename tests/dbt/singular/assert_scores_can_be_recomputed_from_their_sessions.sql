-- The chain that an interviewer walks with a pocket calculator, for everybody: published answers
-- less the published adjustment, averaged, are the published means; weight times mean the points;
-- their sum the score.
with

answers as (

    select
        sessions.interviewer_id,
        answer.factor,
        sum(answer.rating::numeric) as rating_sum,
        count(*) as n
    from {{ ref('fct_experience_sessions') }} as sessions
    cross join lateral jsonb_each_text(sessions.adjusted_ratings) as answer (factor, rating)
    group by 1, 2

),

factors as (

    select * from {{ ref('fct_experience_factors') }}

),

recomputed as (

    select
        factors.interviewer_id,
        sum(round(factors.weight * round(answers.rating_sum / answers.n, 2), 3)) as score,
        bool_and(
            factors.n = coalesce(answers.n, 0)
            and factors.mean is not distinct from round(answers.rating_sum / answers.n, 2)
            and factors.points
            is not distinct from round(factors.weight * round(answers.rating_sum / answers.n, 2), 3)
        ) as is_same
    from factors
    left join answers
        on factors.interviewer_id = answers.interviewer_id
            and factors.factor = answers.factor
    group by 1

),

parts_off as (

    select session_id from {{ ref('fct_experience_sessions') }}
    where adjustment <> leniency_part + halo_part + trend_part

)

select scores.interviewer_id as offender
from {{ ref('fct_experience_scores') }} as scores
left join recomputed
    on scores.interviewer_id = recomputed.interviewer_id
where scores.is_published
    and (not recomputed.is_same or scores.experience_score is distinct from recomputed.score)
union all
select session_id from parts_off
