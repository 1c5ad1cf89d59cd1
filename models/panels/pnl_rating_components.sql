with

ratings as (

    select * from {{ ref('int_ratings_submitted') }}
    where not is_excused

),

judged as (

    select * from {{ ref('int_sessions_judged') }}

)

select
    ratings.session_id,
    ratings.interviewer_id,
    ratings.candidate_id,
    coalesce(judged.verdict, 'none') as verdict,
    ratings.rating_sum::double precision / ratings.n_items as rating,
    ratings.session_end_at as ended_at
from ratings
left join judged
    on ratings.session_id = judged.session_id
