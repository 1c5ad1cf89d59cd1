with

clock as (

    select * from {{ source('run', 'clock') }}

),

thresholds as (

    select * from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as in_force

)

select
    thresholds.threshold,
    thresholds.unit,
    thresholds.meaning,
    thresholds.decided_by,
    thresholds.value,
    thresholds.valid_from,
    null::text as fit_id,
    clock.as_of
from thresholds
cross join clock
