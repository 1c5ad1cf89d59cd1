with

versions as (

    select * from {{ as_known(source('raw', 'availability')) }} as known_versions

)

select
    interviewer_id,
    interview_type,
    slot_start,
    load_seq,
    loaded_at
from versions
