with

prepared as (

    select * from {{ ref('int_churn_covariates_prepared') }}

)

-- Sessions of one interviewer in one cell have the same likelihood: counts hold all of it.
select
    interviewer_id,
    interview_type,
    session_month,
    experience_level,
    verdict,
    performance,
    is_first_session,
    count(*)::integer as n_sessions,
    sum(has_left::integer)::integer as n_left
from prepared
group by
    interviewer_id,
    interview_type,
    session_month,
    experience_level,
    verdict,
    performance,
    is_first_session
