with

versions as (

    select * from {{ as_known(source('raw', 'nps_responses')) }} as known_versions

)

select
    response_id,
    candidate_id,
    score,
    responded_at,
    load_seq,
    loaded_at
from versions
