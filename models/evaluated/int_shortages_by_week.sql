with

weeks as (

    select * from {{ ref('int_thresholds_by_week') }}

),

slots as (

    select * from {{ ref('fct_open_slots') }}

),

requests as (

    select * from {{ ref('fct_booking_requests') }}

),

asked as (

    select
        weeks.week_date,
        requests.interview_type,
        count(*) as n_requests
    from weeks
    inner join requests
        on weeks.week_start_at >= requests.slot_start_at
            and weeks.week_start_at - weeks.shortage_days * interval '1 day'
            < requests.slot_start_at
    group by 1, 2

),

opened as (

    select
        weeks.week_date,
        weeks.shortage_ratio,
        slots.interview_type,
        slots.interviewer_id,
        count(*) as n_slots
    from weeks
    inner join slots
        on weeks.week_start_at >= slots.slot_start_at
            and weeks.week_start_at - weeks.shortage_days * interval '1 day' < slots.slot_start_at
    group by 1, 2, 3, 4

),

-- A type is short where more is asked for than interviewers have opened, taken slots included.
-- Whoever has opened slots of such a type is needed.
compared as (

    select
        opened.week_date,
        opened.interviewer_id,
        bool_or(asked.n_requests > opened.shortage_ratio * opened.n_type_slots) as is_short
    from (
        select
            *,
            sum(n_slots) over (partition by week_date, interview_type) as n_type_slots
        from opened
    ) as opened
    left join asked
        on opened.week_date = asked.week_date
            and opened.interview_type = asked.interview_type
    group by 1, 2

)

select
    interviewer_id,
    week_date,
    coalesce(is_short, false) as is_short
from compared
