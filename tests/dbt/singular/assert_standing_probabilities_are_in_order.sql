-- Out of order they would let a standing swing to and fro: the rule needs clear <= watch <= warn <= pause.
with

thresholds as (

    select * from {{ ref('int_thresholds_by_week') }}

)

select *
from thresholds
where not (
    0 <= clear_prob
    and clear_prob <= watch_prob
    and watch_prob <= warn_prob
    and warn_prob <= pause_prob
    and pause_prob <= 1
)
