with

clock as (

    select * from {{ source('run', 'clock') }}

),

meetings as (

    select * from {{ ref('stg_ops__onboarding_meetings') }}

)

select
    meetings.meeting_id,
    meetings.held_at <= clock.as_of as is_held,
    meetings.held_at
from meetings
cross join clock
