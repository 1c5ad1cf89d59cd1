with

versions as (

    select * from {{ as_known(source('raw', 'offers')) }} as known_versions

)

select
    offer_id,
    request_id,
    interviewer_id,
    offer_probability,
    accepted,
    offered_at,
    load_seq,
    loaded_at
from versions
