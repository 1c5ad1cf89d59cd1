{{ config(materialized='incremental') }}
with

sessions as (

    select * from {{ ref('stg_app__sessions') }}
    {{ only_touched() }}

),

judged as (

    select * from {{ ref('int_sessions_judged') }}
    {{ only_touched() }}

),

labels as (

    select * from {{ ref('int_sessions_labelled') }}
    {{ only_touched() }}

),

releases as (

    select * from {{ ref('int_sessions_followed') }}
    {{ only_touched() }}

)

-- The verdict and the performance are what the models see: from the moment the form came in.
-- Whoever shows them to a candidate must hold to is_verdict_released.
select
    sessions.session_id,
    sessions.interviewer_id,
    sessions.candidate_id,
    sessions.company_id,
    sessions.kind,
    sessions.interview_type,
    sessions.status,
    labels.label_status,
    coalesce(judged.verdict, 'none') as verdict,
    judged.performance,
    labels.n_earlier_sessions::integer as n_earlier_sessions,
    labels.has_left,
    coalesce(releases.is_interviewer_form_released, false) as is_verdict_released,
    coalesce(sessions.started_at, sessions.scheduled_at) as session_start_at,
    coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at) as session_end_at,
    sessions.load_seq
from sessions
left join labels
    on sessions.session_id = labels.session_id
left join judged
    on sessions.session_id = judged.session_id
left join releases
    on sessions.session_id = releases.session_id
