with

prepared as (

    select * from {{ ref('int_churn_covariates_prepared') }}

)

-- The covariates are few and discrete: a few thousand cells hold all that the fit needs.
select
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
    interview_type,
    session_month,
    experience_level,
    verdict,
    performance,
    is_first_session
