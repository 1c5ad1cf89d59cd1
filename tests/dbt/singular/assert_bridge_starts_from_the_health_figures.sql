-- One change of the platform's experience, on every screen: the bridge leads from what
-- rpt_platform_health tells of the period before to what it tells of the last one.
with

bridge as (

    select * from {{ ref('rpt_experience_bridge') }}

),

health as (

    select * from {{ ref('rpt_platform_health') }}
    where metric = 'platform_experience'

)

select
    bridge.part,
    bridge.experience_before,
    bridge.experience_now,
    health.value_last,
    health.value_now
from bridge
cross join health
where bridge.experience_before is distinct from health.value_last
    or bridge.experience_now is distinct from health.value_now
