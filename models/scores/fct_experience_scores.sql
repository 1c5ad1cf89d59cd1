-- noqa: disable=LT02
{%- set shrinkage = posterior_shrinkage('scored.noise_share', 'scored.drift_weeks') %}
{%- set score_sd = 'sqrt(components.adjusted_variance / scored.n_rated_window)' %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

windows as (

    select * from {{ ref('int_windows_summed') }}

),

factors as (

    select * from {{ ref('fct_experience_factors') }}

),

weights as (

    select * from {{ ref('fit_experience_weights') }}

),

components as (

    select * from {{ ref('int_quality_scale_read') }}

),

effects as (

    select * from {{ ref('fit_experience_effects') }}

),

weights_fit as (

    select max(fit_id) as fit_id
    from weights

),

-- The score is the sum of the published points: whoever adds them up by hand gets it.
pointed as (

    select
        interviewer_id,
        {%- for factor in default_form() %}
        max(mean) filter (where factor = '{{ factor }}') as {{ factor }}_mean,
        max(points) filter (where factor = '{{ factor }}') as {{ factor }}_points,
        {%- endfor %}
        case when count(*) = count(points) then sum(points) end as experience_score,
        sum(weight * recent_mean) as recent_score
    from factors
    group by 1

),

scored as (

    select
        interviewers.interviewer_id,
        interviewers.has_left,
        coalesce(windows.n_rated_window, 0) as n_rated_window,
        coalesce(windows.n_rated_total, 0) as n_rated_total,
        {%- for factor in default_form() %}
        pointed.{{ factor }}_mean,
        pointed.{{ factor }}_points,
        {%- endfor %}
        pointed.experience_score,
        pointed.recent_score,
        windows.noise_share,
        windows.drift_weeks,
        {{ days_between('windows.last_rated_at', 'clock.as_of') }} / 7 as idle_weeks,
        coalesce(windows.n_rated_window >= {{ var('min_rated_sessions') }}, false)
        and pointed.experience_score is not null as is_published
    from interviewers
    cross join clock
    left join windows
        on interviewers.interviewer_id = windows.interviewer_id
    left join pointed
        on interviewers.interviewer_id = pointed.interviewer_id

),

-- Idle weeks widen the posterior, up to what is known of nobody in particular, and leave its
-- mean where it is: a score does not fall by doing nothing.
estimated as (

    select
        scored.interviewer_id,
        components.mean_quality
        + (scored.recent_score - components.mean_quality) * {{ shrinkage }}
            as quality_estimate,
        {{ posterior_sd(shrinkage, 'scored.idle_weeks') }} as quality_sd,
        scored.experience_score - {{ var('interval_z') }} * {{ score_sd }} as experience_low,
        scored.experience_score + {{ var('interval_z') }} * {{ score_sd }} as experience_high
    from scored
    cross join components
    where scored.is_published
        and components.interviewer_variance + components.adjusted_variance > 0

),

standings as (

    select
        scored.interviewer_id,
        coalesce(estimated.quality_estimate, scored.experience_score) as standing
    from scored
    left join estimated
        on scored.interviewer_id = estimated.interviewer_id
    where scored.is_published
        and not scored.has_left

),

-- Equals share the middle of the places they take up: nobody ranks below another by name.
ranked as (

    select
        interviewer_id,
        (
            rank() over (order by standing)
            + (count(*) over (partition by standing) - 1) / 2.0
            - 0.5
        ) / count(*) over () * 100 as percentile
    from standings

)

select
    scored.interviewer_id,
    weights_fit.fit_id,
    scored.n_rated_window,
    scored.n_rated_total,
    {%- for factor in default_form() %}
    case when scored.is_published then scored.{{ factor }}_mean end::numeric(6, 2)
        as {{ factor }}_mean,
    case when scored.is_published then scored.{{ factor }}_points end::numeric(7, 3)
        as {{ factor }}_points,
    {%- endfor %}
    case when scored.is_published then scored.experience_score end::numeric(7, 3)
        as experience_score,
    round(estimated.experience_low::numeric, 3)::numeric(7, 3) as experience_low,
    round(estimated.experience_high::numeric, 3)::numeric(7, 3) as experience_high,
    round(ranked.percentile, 1)::numeric(4, 1) as percentile,
    ceil(ranked.percentile / 20)::integer as fifth,
    round(estimated.quality_estimate::numeric, 3)::numeric(7, 3) as quality_estimate,
    round(estimated.quality_sd::numeric, 3)::numeric(7, 3) as quality_sd,
    round(effects.churn_effect::numeric, 3)::numeric(7, 3) as churn_effect,
    round(effects.churn_effect_se::numeric, 3)::numeric(7, 3) as churn_effect_se,
    scored.is_published,
    case
        when scored.is_published then null
        when scored.n_rated_window >= {{ var('min_rated_sessions') }}
            then 'a question of the form has no answer in the window'
        else
            'needs {{ var("min_rated_sessions") }} rated sessions, has '
            || scored.n_rated_window
    end as unpublished_reason,
    clock.as_of
from scored
cross join clock
cross join weights_fit
left join estimated
    on scored.interviewer_id = estimated.interviewer_id
left join ranked
    on scored.interviewer_id = ranked.interviewer_id
left join effects
    on scored.interviewer_id = effects.interviewer_id
