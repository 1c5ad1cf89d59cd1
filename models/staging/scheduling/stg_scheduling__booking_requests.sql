with

versions as (

    select * from {{ as_known(source('raw', 'booking_requests')) }} as known_versions

)

select
    request_id,
    candidate_id,
    interview_type,
    slot_start,
    requested_at,
    load_seq,
    loaded_at
from versions
