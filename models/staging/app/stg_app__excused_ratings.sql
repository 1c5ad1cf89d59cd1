with

versions as (

    select * from {{ as_known(source('raw', 'excused_ratings')) }} as known_versions

)

select
    session_id,
    reason_code,
    decided_by,
    decided_at,
    load_seq,
    loaded_at
from versions
