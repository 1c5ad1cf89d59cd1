with

versions as (

    select * from {{ as_known(source('raw', 'interviewer_feedback')) }} as known_versions

)

select
    session_id,
    would_advance,
    technical,
    problem_solving,
    communication,
    submitted_at,
    load_seq,
    loaded_at
from versions
