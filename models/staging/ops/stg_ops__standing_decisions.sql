with

versions as (

    select * from {{ as_known(source('raw', 'standing_decisions')) }} as known_versions

)

select
    decision_id,
    interviewer_id,
    decision,
    decided_by,
    reason,
    decided_at,
    load_seq,
    loaded_at
from versions
