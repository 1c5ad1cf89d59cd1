-- noqa: disable=LT02
with

clock as (

    select * from {{ source('run', 'clock') }}

),

judgements as (

    select * from {{ ref('int_judgements_unioned') }}

)

select
    judgements.session_id,
    judgements.candidate_id,
    judgements.interviewer_id,
    judgements.company_id,
    judgements.interview_type,
    judgements.n_earlier_sessions,
    judgements.technical,
    judgements.problem_solving,
    judgements.would_advance,
    judgements.is_real
from judgements
cross join clock
{%- if var('accuracy_window_days') is not none %}
where judgements.judged_at > {{ days_after('clock.as_of', -1 * var('accuracy_window_days')) }}
{%- endif %}
