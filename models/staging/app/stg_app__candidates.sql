with

versions as (

    select * from {{ as_known(source('raw', 'candidates')) }} as known_versions

)

select
    candidate_id,
    experience_level,
    signed_up_at,
    load_seq,
    loaded_at
from versions
