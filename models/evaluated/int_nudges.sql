with

factors as (

    select * from {{ ref('fct_experience_factors') }}

),

questions as (

    select * from {{ ref('experience_factors') }}

),

scores as (

    select * from {{ ref('fct_experience_scores') }}

),

costs as (

    select
        factors.interviewer_id,
        factors.factor,
        questions.label,
        factors.mean,
        factors.peer_median,
        factors.weight * (factors.peer_median - factors.mean) as cost,
        row_number() over (
            partition by factors.interviewer_id
            order by factors.weight * (factors.peer_median - factors.mean) desc, factors.factor asc
        ) as place
    from factors
    inner join questions
        on factors.factor = questions.factor
    inner join scores
        on factors.interviewer_id = scores.interviewer_id
    where scores.is_published
        and factors.mean < factors.peer_median
        and factors.weight > 0

)

-- What costs the person most against peers, and only where it is below the peer median.
select
    interviewer_id,
    factor,
    label,
    mean,
    peer_median,
    round(cost, 3)::numeric(7, 3) as cost
from costs
where place = 1
