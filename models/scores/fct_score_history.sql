-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
-- Only weeks that are not published yet: publishing appends them, and what was known of a week
-- then is never told anew.
{{ config(meta={'append_only': true}) }}
{%- set shrinkage = posterior_shrinkage('told.noise_share', 'told.drift_weeks') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

windows as (

    select * from {{ ref('int_windows_by_week') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

components as (

    select * from {{ ref('int_quality_scale_read') }}

),

weights as (

    select
        factor,
        fit_id,
        max(weight) as weight
    from {{ ref('fct_experience_factors') }}
    group by 1, 2

),

fits as (

    select max(trained_through) as trained_through
    from {{ ref('fit_rating_components') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

scored as (

    select
        windows.week_date,
        windows.interviewer_id,
        max(weights.fit_id) as weights_fit_id,
        case
            when count(*) = count(answer.mean)
                then sum(round(weights.weight * answer.mean, 3))
        end as experience_score,
        sum(weights.weight * answer.recent_mean) as recent_score
    from windows
    cross join lateral (
        values
        {%- for factor in experience_factors() %}
        (
            '{{ factor }}',
            windows.{{ factor }},
            windows.{{ factor }}_recent
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as answer (factor, mean, recent_mean)
    inner join weights
        on answer.factor = weights.factor
    group by 1, 2

),

first_week as (

    select min(week_start_at) as week_start_at
    from windows

),

-- Judged mocks up to each week: the accuracy score itself is that of the fit in force.
judged as (

    select
        sessions.interviewer_id,
        greatest(
            date_trunc('week', sessions.session_end_at - interval '1 microsecond', 'UTC')
            + interval '1 week',
            first_week.week_start_at
        ) as week_start_at,
        count(*) as n_mocks
    from sessions
    cross join first_week
    where sessions.kind = 'mock'
        and sessions.status = 'completed'
        and sessions.verdict <> 'none'
    group by 1, 2

),

told as (

    select
        windows.week_start_at,
        windows.week_date,
        windows.interviewer_id,
        windows.n_rated_window,
        windows.n_rated_total,
        windows.noise_share,
        windows.drift_weeks,
        {{ days_between('windows.last_rated_at', 'windows.week_start_at') }} / 7 as idle_weeks,
        scored.weights_fit_id,
        coalesce(
            sum(judged.n_mocks) over (
                partition by windows.interviewer_id
                order by windows.week_start_at
            ),
            0
        )::integer as n_mocks,
        case
            when windows.n_rated_window >= {{ var('min_rated_sessions') }}
                then scored.experience_score
        end as experience_score,
        case
            when windows.n_rated_window >= {{ var('min_rated_sessions') }}
                and scored.experience_score is not null
                then scored.recent_score
        end as recent_score
    from windows
    left join scored
        on windows.week_date = scored.week_date
            and windows.interviewer_id = scored.interviewer_id
    left join judged
        on windows.week_start_at = judged.week_start_at
            and windows.interviewer_id = judged.interviewer_id

)

select
    told.interviewer_id,
    told.week_date,
    coalesce(told.weights_fit_id, components.fit_id) as fit_id,
    told.n_rated_window,
    told.experience_score::numeric(7, 3) as experience_score,
    round(
        told.experience_score - {{ var('interval_z') }}
        * sqrt(components.adjusted_variance / nullif(told.n_rated_window, 0))::numeric,
        3
    )::numeric(7, 3) as experience_low,
    round(
        told.experience_score + {{ var('interval_z') }}
        * sqrt(components.adjusted_variance / nullif(told.n_rated_window, 0))::numeric,
        3
    )::numeric(7, 3) as experience_high,
    -- Null where nothing tells interviewers apart.
    case
        when components.interviewer_variance + components.adjusted_variance > 0
            then round(
                (
                    components.mean_quality
                    + (told.recent_score - components.mean_quality) * {{ shrinkage }}
                )::numeric,
                3
            )
    end::numeric(7, 3) as quality_estimate,
    case
        when told.recent_score is not null
            and components.interviewer_variance + components.adjusted_variance > 0
            then round({{ posterior_sd(shrinkage, 'told.idle_weeks') }}::numeric, 3)
    end::numeric(7, 3) as quality_sd,
    told.n_rated_total,
    told.n_mocks,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.accuracy_score end
        as accuracy_score,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.leniency end
        as leniency,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.leniency_se end
        as leniency_se,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.prob_too_strict end
        ::numeric(4, 3) as prob_too_strict,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.prob_too_lenient end
        ::numeric(4, 3) as prob_too_lenient,
    -- True where the fit that was applied is younger than the week.
    coalesce(fits.trained_through > told.week_start_at, false)
        as is_backfilled,
    clock.as_of
from told
cross join clock
cross join components
cross join fits
left join accuracy
    on told.interviewer_id = accuracy.interviewer_id
