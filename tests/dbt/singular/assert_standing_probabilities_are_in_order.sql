-- Out of order they would let a standing swing to and fro: the rule needs
-- clear <= watch <= warn <= pause.
with

thresholds as (

    select * from {{ ref('int_thresholds_by_week') }}

)

select *
from thresholds
where
    clear_prob < 0
    or watch_prob < clear_prob
    or warn_prob < watch_prob
    or pause_prob < warn_prob
    or pause_prob > 1
