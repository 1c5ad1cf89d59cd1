-- Nothing is left over: as published, the parts add up to the change, and the change is the
-- difference of the two figures beside it. Guards rpt_experience_bridge against a rounding between.
with

bridge as (

    select * from {{ ref('rpt_experience_bridge') }}

)

select
    max(total_change) as total_change,
    sum(change) as parts_sum
from bridge
having count(*) <> 5
    or count(distinct total_change) > 1
    or (count(total_change) > 0 and count(change) < 5)
    or sum(change) <> max(total_change)
    or max(total_change) <> max(experience_now) - max(experience_before)
