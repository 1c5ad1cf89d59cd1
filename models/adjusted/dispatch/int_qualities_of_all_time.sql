{#- What is not the interviewer in the faded mean: noise, and drift within the past. -#}
{% set noise -%}
    (
        scale.adjusted_variance * faded.noise_share
        + scale.drift_variance * faded.drift_weeks
    )
{%- endset %}
with

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

faded as (

    select * from {{ ref('int_ratings_faded') }}

),

scale as (

    select * from {{ ref('int_quality_scale_read') }}

),

moments as (

    select *
    from (
        values
        ('as_of'),
        ('period_start')
    ) as listed (moment)

),

shrunken as (

    select
        faded.*,
        scale.interviewer_variance
        / nullif(scale.interviewer_variance + {{ noise }}, 0) as shrinkage,
        scale.drift_variance * greatest(faded.idle_weeks, 0) as idle_variance
    from faded
    cross join scale

),

-- Who was never rated stands at the prior: behind those known to be better than the platform's
-- mean, before those known to be worse.
estimated as (

    select
        interviewers.interviewer_id,
        moments.moment,
        scale.fit_id,
        coalesce(shrunken.n_rated_total, 0) as n_rated_total,
        scale.mean_quality
        + coalesce(
            (shrunken.faded_mean - scale.mean_quality) * shrunken.shrinkage, 0
        ) as quality_all_time,
        sqrt(
            least(
                scale.interviewer_variance * (1 - coalesce(shrunken.shrinkage, 0))
                + coalesce(shrunken.idle_variance, 0),
                scale.interviewer_variance
            )
        ) as quality_all_time_sd,
        -- A fit that finds nothing at all has nothing to rank by.
        scale.interviewer_variance + scale.adjusted_variance > 0 as is_known
    from interviewers
    cross join moments
    cross join scale
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
