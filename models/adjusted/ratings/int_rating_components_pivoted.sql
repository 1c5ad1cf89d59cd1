{{ config(materialized='view') }}
with

components as (

    select * from {{ ref('fit_rating_components') }}

),

-- One row, whatever the fit knows: where there is no number nothing is adjusted.
pivoted as (

    select
        max(fit_id) as fit_id,
        {%- for component in [
            'mean', 'mean_verdict', 'halo', 'trend', 'reference_day', 'interviewer_variance',
            'candidate_variance', 'residual_variance', 'adjusted_variance', 'drift_variance',
        ] %}
        max(value) filter (where component = '{{ component }}') as {{ component }},
        {%- endfor %}
        max(value_se) filter (where component = 'drift_variance') as drift_variance_se
    from components
    where component <> 'interviewer'

)

select
    coalesce(fit_id, 'default') as fit_id,
    coalesce(mean, 0) as mean_rating,
    coalesce(mean_verdict, 0) as mean_verdict,
    coalesce(halo, 0) as halo,
    coalesce(trend, 0) as trend,
    coalesce(reference_day, 0) as reference_day,
    coalesce(interviewer_variance, 0) as interviewer_variance,
    coalesce(residual_variance, 0) as residual_variance,
    coalesce(adjusted_variance, residual_variance, 0) as adjusted_variance,
    coalesce(drift_variance, 0) as drift_variance,
    -- What drift is sure to be there: a spurious one would throw sessions away.
    greatest(coalesce(drift_variance - drift_variance_se, 0), 0) as sure_drift_variance,
    -- Sessions' worth of doubt that shrink a mean to nobody's: null where nobody differs.
    residual_variance / nullif(candidate_variance, 0) as candidate_ratio,
    (residual_variance + candidate_variance) / nullif(interviewer_variance, 0)
        as interviewer_ratio
from pivoted
