with

versions as (

    select * from {{ as_known(source('raw', 'onboarding_attendance')) }} as known_versions

)

select
    meeting_id,
    interviewer_id,
    load_seq,
    loaded_at
from versions
