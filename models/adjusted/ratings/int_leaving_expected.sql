with

prepared as (

    select * from {{ ref('int_churn_covariates_prepared') }}

),

coefficients as (

    select * from {{ ref('fit_churn_covariates') }}

),

intercept as (

    select coalesce(sum(coefficient), 0) as intercept
    from coefficients
    where covariate = 'intercept'

),

-- A level that the fit has not seen counts as its reference.
logits as (

    select
        prepared.session_id,
        prepared.interviewer_id,
        prepared.has_left,
        coalesce(month_fit.coefficient, 0) as month_part,
        intercept.intercept + coalesce(type_fit.coefficient, 0)
        + coalesce(level_fit.coefficient, 0) + coalesce(verdict_fit.coefficient, 0)
        + coalesce(performance_fit.coefficient, 0) + coalesce(first_fit.coefficient, 0)
            as other_parts
    from prepared
    cross join intercept
    left join coefficients as type_fit
        on prepared.interview_type = type_fit.level
            and type_fit.covariate = 'interview_type'
    left join coefficients as month_fit
        on prepared.session_month = month_fit.level
            and month_fit.covariate = 'session_month'
    left join coefficients as level_fit
        on prepared.experience_level = level_fit.level
            and level_fit.covariate = 'experience_level'
    left join coefficients as verdict_fit
        on prepared.verdict = verdict_fit.level
            and verdict_fit.covariate = 'verdict'
    left join coefficients as performance_fit
        on prepared.performance = performance_fit.level
            and performance_fit.covariate = 'performance'
    left join coefficients as first_fit
        on prepared.is_first_session = (first_fit.level = 'true')
            and first_fit.covariate = 'is_first_session'

),

-- The months' effects would take up whatever the platform as a whole gains: where two periods
-- are compared, every session counts as one of an average month.
average_month as (

    select coalesce(avg(month_part::numeric), 0)::double precision as month_part
    from logits

)

select
    logits.session_id,
    logits.interviewer_id,
    logits.has_left,
    ({{ logistic('logits.other_parts + logits.month_part') }})::numeric(12, 9) as leave_prob,
    ({{ logistic('logits.other_parts + average_month.month_part') }})::numeric(12, 9)
        as leave_any_month_prob
from logits
cross join average_month
