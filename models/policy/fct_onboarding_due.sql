with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

meetings as (

    select * from {{ ref('fct_onboarding_meetings') }}

),

attendance as (

    select * from {{ ref('fct_onboarding_attendance') }}

),

calendar as (

    select
        count(*) as n_meetings,
        min(held_at) as first_meeting_at,
        max(held_at) filter (where is_held) as last_meeting_at,
        min(held_at) filter (where not is_held) as next_meeting_at
    from meetings

),

-- Whenever it was: people come to a meeting while their account is still being made.
attended as (

    select
        interviewer_id,
        min(held_at) filter (where is_held) as attended_at,
        bool_or(held_at is null) as has_unknown_meeting
    from attendance
    group by 1

),

-- Whom a meeting was for: who had joined, had not left, and had been to none before.
missed as (

    select
        interviewers.interviewer_id,
        count(*)::integer as n_meetings_missed,
        min(meetings.held_at) as first_missed_at
    from interviewers
    inner join meetings
        on interviewers.joined_at < meetings.held_at
    left join attended
        on interviewers.interviewer_id = attended.interviewer_id
    where meetings.is_held
        and meetings.held_at < coalesce(interviewers.left_at, 'infinity')
        and meetings.held_at < coalesce(attended.attended_at, 'infinity')
    group by 1

),

judged as (

    select
        interviewers.interviewer_id,
        case
            when interviewers.has_left then 'left'
            when interviewers.joined_at > clock.as_of then 'not_joined'
            when calendar.n_meetings = 0 then 'unknown'
            when attended.attended_at is not null then 'attended'
            when missed.n_meetings_missed > 0 then 'overdue'
            else 'due'
        end as onboarding_status,
        coalesce(missed.n_meetings_missed, 0) as n_meetings_missed,
        coalesce(interviewers.joined_at < calendar.first_meeting_at, false)
            as has_joined_before_records,
        coalesce(attended.has_unknown_meeting, false) as has_unknown_meeting,
        interviewers.joined_at,
        attended.attended_at,
        calendar.last_meeting_at,
        calendar.next_meeting_at,
        missed.first_missed_at,
        clock.as_of
    from interviewers
    cross join clock
    cross join calendar
    left join attended
        on interviewers.interviewer_id = attended.interviewer_id
    left join missed
        on interviewers.interviewer_id = missed.interviewer_id

),

worded as (

    select
        *,
        concat_ws(
            '; ',
            'attended on ' || to_char(attended_at at time zone 'UTC', 'YYYY-MM-DD'),
            case
                when n_meetings_missed > 0
                    then 'meetings missed before: ' || n_meetings_missed
            end
        ) as attended_reason,
        concat_ws(
            '; ',
            case
                when n_meetings_missed > 0
                    then
                        'meetings missed since joining: ' || n_meetings_missed
                        || ', the first on '
                        || to_char(first_missed_at at time zone 'UTC', 'YYYY-MM-DD')
                when last_meeting_at is null then 'no meeting was held yet'
                else
                    'joined since the last meeting, on '
                    || to_char(last_meeting_at at time zone 'UTC', 'YYYY-MM-DD')
            end,
            case
                when has_joined_before_records
                    then 'joined before the first meeting on record'
            end,
            case
                when has_unknown_meeting
                    then 'an attendance names a meeting that is not known'
            end
        ) as due_reason,
        onboarding_status in ('due', 'overdue') as must_attend,
        onboarding_status <> 'unknown' as can_be_told
    from judged

)

select
    interviewer_id,
    onboarding_status,
    case onboarding_status
        when 'left' then 'has left the platform'
        when 'not_joined' then 'joins only after these figures'
        when 'unknown' then 'no onboarding meetings were handed over'
        when 'attended' then attended_reason
        else due_reason
    end as reason,
    case when can_be_told then n_meetings_missed end as n_meetings_missed,
    case when can_be_told then must_attend end as is_due,
    case when can_be_told then onboarding_status = 'overdue' end as is_overdue,
    joined_at,
    case when must_attend then joined_at end as due_since,
    case when onboarding_status = 'overdue' then first_missed_at end as overdue_since,
    attended_at,
    last_meeting_at,
    next_meeting_at,
    null::text as fit_id,
    as_of
from worded
