with

candidates as (

    select * from {{ ref('stg_app__candidates') }}

)

select
    candidate_id,
    coalesce(experience_level, 'unknown') as experience_level,
    signed_up_at
from candidates
