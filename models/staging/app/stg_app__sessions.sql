with

versions as (

    select * from {{ as_known(source('raw', 'sessions')) }} as known_versions

)

select
    session_id,
    kind,
    interview_type,
    interviewer_id,
    candidate_id,
    company_id,
    status,
    scheduled_at,
    started_at,
    ended_at,
    load_seq,
    loaded_at
from versions
