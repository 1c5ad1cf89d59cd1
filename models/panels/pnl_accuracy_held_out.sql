with

judgements as (

    select * from {{ ref('int_judgements_unioned') }}

)

select
    session_id,
    candidate_key,
    interviewer_id,
    company_id,
    interview_type,
    n_earlier_sessions,
    technical,
    problem_solving,
    would_advance,
    is_real,
    judged_at
from judgements
