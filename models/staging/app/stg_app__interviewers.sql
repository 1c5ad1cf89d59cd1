with

versions as (

    select * from {{ as_known(source('raw', 'interviewers')) }} as known_versions

)

select
    interviewer_id,
    handle,
    employer_tier,
    years_experience,
    interviews_conducted,
    joined_at,
    left_at,
    load_seq,
    loaded_at
from versions
