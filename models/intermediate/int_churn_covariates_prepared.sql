with

sessions as (

    select * from {{ ref('stg_app__sessions') }}

),

candidates as (

    select * from {{ ref('stg_app__candidates') }}

),

judged as (

    select * from {{ ref('int_sessions_judged') }}

),

labels as (

    select * from {{ ref('int_sessions_labelled') }}

),

prepared as (

    select
        sessions.session_id,
        sessions.interviewer_id,
        sessions.interview_type,
        {{ month_label('coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at)') }}
            as session_month,
        coalesce(candidates.experience_level, 'unknown') as experience_level,
        coalesce(judged.verdict, 'none') as verdict,
        coalesce(judged.performance::text, 'none') as performance,
        labels.n_earlier_sessions = 0 as is_first_session,
        labels.has_left
    from sessions
    inner join labels
        on sessions.session_id = labels.session_id
    inner join candidates
        on sessions.candidate_id = candidates.candidate_id
    left join judged
        on sessions.session_id = judged.session_id
    where sessions.kind = 'mock'
        and labels.label_status = 'mature'

)

select * from prepared
