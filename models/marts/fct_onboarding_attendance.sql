with

meetings as (

    select * from {{ ref('fct_onboarding_meetings') }}

),

attendance as (

    select * from {{ ref('stg_ops__onboarding_attendance') }}

)

select
    attendance.meeting_id,
    attendance.interviewer_id,
    meetings.is_held,
    meetings.held_at
from attendance
-- An attendance may be known before its meeting is.
left join meetings
    on attendance.meeting_id = meetings.meeting_id
