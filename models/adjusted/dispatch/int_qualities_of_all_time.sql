{#- What is not the interviewer in the faded mean: noise, and drift within the past. -#}
{% set noise -%}
    (
        components.adjusted_variance * faded.noise_share
        + components.drift_variance * faded.drift_weeks
    )
{%- endset %}
with

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

faded as (

    select * from {{ ref('int_ratings_faded') }}

),

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

),

moments as (

    select *
    from (
        values
        ('as_of'),
        ('period_start')
    ) as listed (moment)

),

-- The fit's mean is of the plain average of the answers: the prior is moved by what weighing
-- makes on the platform as a whole. The same today and then, so that ranks are all that differs.
platform as (

    select
        components.fit_id,
        components.interviewer_variance,
        components.mean_rating
        + coalesce(
            sum(faded.weighting_sum) / nullif(sum(faded.n_rated_total), 0), 0
        )::double precision as prior_mean,
        -- A fit that finds nothing at all has nothing to rank by.
        components.interviewer_variance + components.adjusted_variance > 0 as is_known
    from components
    left join faded
        on faded.moment = 'as_of'
    group by
        components.fit_id, components.interviewer_variance, components.mean_rating,
        components.adjusted_variance

),

shrunken as (

    select
        faded.*,
        components.interviewer_variance
        / nullif(components.interviewer_variance + {{ noise }}, 0) as shrinkage,
        components.drift_variance * greatest(faded.idle_weeks, 0) as idle_variance
    from faded
    cross join components

),

-- Who was never rated stands at the prior: behind those known to be better than the platform's
-- mean, before those known to be worse.
estimated as (

    select
        interviewers.interviewer_id,
        moments.moment,
        platform.fit_id,
        coalesce(shrunken.n_rated_total, 0) as n_rated_total,
        platform.prior_mean
        + coalesce(
            (shrunken.faded_mean - platform.prior_mean) * shrunken.shrinkage, 0
        ) as quality_all_time,
        sqrt(
            least(
                platform.interviewer_variance * (1 - coalesce(shrunken.shrinkage, 0))
                + coalesce(shrunken.idle_variance, 0),
                platform.interviewer_variance
            )
        ) as quality_all_time_sd,
        platform.is_known
    from interviewers
    cross join moments
    cross join platform
    left join shrunken
        on interviewers.interviewer_id = shrunken.interviewer_id
            and moments.moment = shrunken.moment

)

select
    interviewer_id,
    moment,
    fit_id,
    n_rated_total,
    round(case when is_known then quality_all_time end::numeric, 3)::numeric(7, 3)
        as quality_all_time,
    round(case when is_known then quality_all_time_sd end::numeric, 3)::numeric(7, 3)
        as quality_all_time_sd
from estimated
