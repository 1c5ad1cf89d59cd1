with

clock as (

    select * from {{ source('run', 'clock') }}

),

decisions as (

    select * from {{ ref('stg_ops__standing_decisions') }}

)

select
    decisions.decision_id,
    decisions.interviewer_id,
    decisions.decision,
    decisions.decided_by,
    decisions.reason,
    decisions.decided_at,
    decisions.loaded_at as known_at
from decisions
cross join clock
where decisions.decided_at <= clock.as_of
