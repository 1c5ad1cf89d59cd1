with

ratings as (

    select * from {{ ref('int_ratings_submitted') }}
    where not is_excused

),

labelled as (

    select * from {{ ref('int_sessions_labelled') }}

),

judged as (

    select * from {{ ref('int_sessions_judged') }}

)

select
    ratings.session_id,
    ratings.interviewer_id,
    labelled.candidate_key,
    coalesce(judged.verdict, 'none') as verdict,
    ratings.rating_sum::double precision / ratings.n_items as rating,
    ratings.session_end_at as ended_at
from ratings
inner join labelled
    on ratings.session_id = labelled.session_id
left join judged
    on ratings.session_id = judged.session_id
