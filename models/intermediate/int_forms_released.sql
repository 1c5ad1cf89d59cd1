with

clock as (

    select * from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('stg_app__sessions') }}

),

candidate_forms as (

    select * from {{ ref('stg_app__candidate_feedback') }}

),

interviewer_forms as (

    select * from {{ ref('stg_app__interviewer_feedback') }}

),

both_sides as (

    select
        sessions.session_id,
        candidate_forms.submitted_at as candidate_submitted_at,
        interviewer_forms.submitted_at as interviewer_submitted_at,
        coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at)
            as session_end_at
    from sessions
    left join candidate_forms
        on sessions.session_id = candidate_forms.session_id
    left join interviewer_forms
        on sessions.session_id = interviewer_forms.session_id

),

limited as (

    select
        *,
        {{ days_after('session_end_at', var('blind_release_days')) }} as blind_until_at
    from both_sides

),

-- least() passes over nulls: a form that never came does not hold the other back for longer than
-- the blind period.
waited_for as (

    select
        *,
        least(interviewer_submitted_at, blind_until_at) as other_for_candidate_at,
        least(candidate_submitted_at, blind_until_at) as other_for_interviewer_at
    from limited

),

released as (

    select
        session_id,
        case
            when candidate_submitted_at is not null
                then greatest(candidate_submitted_at, other_for_candidate_at)
        end as candidate_form_released_at,
        case
            when interviewer_submitted_at is not null
                then greatest(interviewer_submitted_at, other_for_interviewer_at)
        end as interviewer_form_released_at
    from waited_for

)

select
    released.session_id,
    coalesce(released.candidate_form_released_at <= clock.as_of, false)
        as is_candidate_form_released,
    coalesce(released.interviewer_form_released_at <= clock.as_of, false)
        as is_interviewer_form_released,
    released.candidate_form_released_at,
    released.interviewer_form_released_at
from released
cross join clock
