with

versions as (

    select * from {{ as_known(source('raw', 'onboarding_meetings')) }} as known_versions

)

select
    meeting_id,
    held_at,
    load_seq,
    loaded_at
from versions
