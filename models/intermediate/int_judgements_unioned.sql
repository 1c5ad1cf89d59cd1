with

clock as (

    select * from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('stg_app__sessions') }}

),

forms as (

    select * from {{ ref('stg_app__interviewer_feedback') }}

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}

),

labels as (

    select * from {{ ref('int_sessions_labelled') }}

),

mock_judgements as (

    select
        sessions.session_id,
        sessions.candidate_id,
        sessions.interviewer_id,
        null::text as company_id,
        sessions.interview_type,
        forms.technical,
        forms.problem_solving,
        forms.would_advance,
        false as is_real,
        forms.submitted_at as judged_at
    from sessions
    inner join forms
        on sessions.session_id = forms.session_id
    where sessions.kind = 'mock'
        and sessions.status = 'completed'

),

-- For a real session the judgement is the company's: its decision, with the form's items
-- where its interviewer filled them in.
real_judgements as (

    select
        decided.session_id,
        decided.candidate_id,
        null::text as interviewer_id,
        decided.company_id,
        decided.interview_type,
        forms.technical,
        forms.problem_solving,
        decided.is_advanced as would_advance,
        true as is_real,
        decided.decided_at as judged_at
    from decided
    left join forms
        on decided.session_id = forms.session_id

),

unioned as (

    select * from mock_judgements
    union all
    select * from real_judgements

)

select
    unioned.session_id,
    unioned.candidate_id,
    labels.candidate_key,
    unioned.interviewer_id,
    unioned.company_id,
    unioned.interview_type,
    unioned.technical,
    unioned.problem_solving,
    labels.n_earlier_sessions,
    unioned.would_advance,
    unioned.is_real,
    unioned.judged_at
from unioned
inner join labels
    on unioned.session_id = labels.session_id
cross join clock
{%- if var('accuracy_window_days') is not none %}
where unioned.judged_at > {{ days_after('clock.as_of', -1 * var('accuracy_window_days')) }}
{%- endif %}
