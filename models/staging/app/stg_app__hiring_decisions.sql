with

versions as (

    select * from {{ as_known(source('raw', 'hiring_decisions')) }} as known_versions

)

select
    session_id,
    advanced,
    decided_at,
    load_seq,
    loaded_at
from versions
