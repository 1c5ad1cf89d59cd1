with

prepared as (

    select * from {{ ref('int_churn_covariates_prepared') }}

),

coefficients as (

    select * from {{ ref('fit_churn_covariates') }}

),

cells as (

    select
        interviewer_id,
        interview_type,
        session_month,
        experience_level,
        verdict,
        performance,
        is_first_session,
        count(*) as n_sessions,
        sum(has_left::integer) as n_left
    from prepared
    group by
        interviewer_id,
        interview_type,
        session_month,
        experience_level,
        verdict,
        performance,
        is_first_session

),

intercept as (

    select coalesce(sum(coefficient), 0) as intercept
    from coefficients
    where covariate = 'intercept'

),

-- A level that the fit has not seen counts as its reference.
expected as (

    select
        cells.interviewer_id,
        cells.n_sessions,
        cells.n_left,
        {{ logistic(
            'intercept.intercept'
            ~ ' + coalesce(type_fit.coefficient, 0) + coalesce(month_fit.coefficient, 0)'
            ~ ' + coalesce(level_fit.coefficient, 0) + coalesce(verdict_fit.coefficient, 0)'
            ~ ' + coalesce(performance_fit.coefficient, 0) + coalesce(first_fit.coefficient, 0)'
        ) }} as leave_prob
    from cells
    cross join intercept
    left join coefficients as type_fit
        on cells.interview_type = type_fit.level
            and type_fit.covariate = 'interview_type'
    left join coefficients as month_fit
        on cells.session_month = month_fit.level
            and month_fit.covariate = 'session_month'
    left join coefficients as level_fit
        on cells.experience_level = level_fit.level
            and level_fit.covariate = 'experience_level'
    left join coefficients as verdict_fit
        on cells.verdict = verdict_fit.level
            and verdict_fit.covariate = 'verdict'
    left join coefficients as performance_fit
        on cells.performance = performance_fit.level
            and performance_fit.covariate = 'performance'
    left join coefficients as first_fit
        on cells.is_first_session = (first_fit.level = 'true')
            and first_fit.covariate = 'is_first_session'

)

-- Summed as numeric: exact, so that the order of rows never moves the last digit.
select
    interviewer_id,
    sum(n_sessions)::integer as n_sessions,
    sum((n_left - n_sessions * leave_prob)::numeric)::double precision as residual_sum,
    sum((n_sessions * leave_prob * (1 - leave_prob))::numeric)::double precision as information
from expected
group by interviewer_id
