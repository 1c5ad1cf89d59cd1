-- A view: the condition of a reader that wants few sessions reaches through it.
{{ config(materialized='view') }}
with

sessions as (

    select * from {{ ref('stg_app__sessions') }}

),

decisions as (

    select * from {{ ref('stg_app__hiring_decisions') }}

),

forms as (

    select * from {{ ref('stg_app__interviewer_feedback') }}

),

-- Where a company hands over no decision, its interviewer's verdict is the nearest thing to one.
decided as (

    select
        sessions.session_id,
        sessions.candidate_id,
        sessions.company_id,
        sessions.interview_type,
        coalesce(decisions.advanced, forms.would_advance) as is_advanced,
        coalesce(decisions.decided_at, forms.submitted_at) as decided_at,
        coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at)
            as session_end_at
    from sessions
    left join decisions
        on sessions.session_id = decisions.session_id
    left join forms
        on sessions.session_id = forms.session_id
    where sessions.kind = 'real'
        and sessions.status = 'completed'

)

select * from decided
where is_advanced is not null
