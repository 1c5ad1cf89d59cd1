-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
-- Only weeks that are not published yet: publishing appends them, and what was known of a week
-- then is never told anew.
{{ config(meta={'append_only': true}) }}
{% set factors = experience_factors() %}
{%- set has_history = has_published('score_history_before') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}
    where is_released

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

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

{% if has_history -%}
written as (

    select max(week_date) as newest_week from {{ source('published', 'score_history_before') }}

),

{% endif -%}
-- Mondays, UTC. Of the time before the first run so many weeks are told in hindsight.
weeks as (

    select
        week_start_at,
        (week_start_at at time zone 'UTC')::date as week_date
    from clock
    {% if has_history %}cross join written{% endif %}
    cross join lateral generate_series(
        date_trunc('week', clock.as_of, 'UTC')
        - interval '{{ var("history_backfill_weeks") }} weeks',
        date_trunc('week', clock.as_of, 'UTC'),
        interval '1 week'
    ) as series (week_start_at)
    {% if has_history -%}
    where written.newest_week is null
        or (week_start_at at time zone 'UTC')::date > written.newest_week
    {%- endif %}

),

-- Per week and interviewer, the last rated sessions that were released by then.
windowed as (

    select
        weeks.week_start_at,
        weeks.week_date,
        last_ratings.*
    from weeks
    cross join interviewers
    cross join lateral (
        -- Not by way of a CTE, which would hide the index.
        select ratings.*
        from {{ ref('int_ratings_adjusted') }} as ratings
        where ratings.is_released
            and ratings.interviewer_id = interviewers.interviewer_id
            and ratings.released_at <= weeks.week_start_at
        order by ratings.session_end_at desc, ratings.session_id desc  -- noqa: AM06
        limit {{ var('lookback_sessions') }}
    ) as last_ratings
    where interviewers.joined_at <= weeks.week_start_at

),

-- What was known of a candidate's leniency from one of their forms to the next.
leniency_steps as (

    select
        candidate_id,
        released_at as from_at,
        lead(released_at) over candidate_forms as to_at,
        coalesce(
            sum(residual) over candidate_forms
            / (
                count(*) over candidate_forms
                + (select components.candidate_ratio from components)
            ),
            0
        ) as leniency
    from ratings
    window candidate_forms as (partition by candidate_id order by released_at, session_id)

),

adjusted as (

    select
        windowed.week_start_at,
        windowed.week_date,
        windowed.interviewer_id,
        {%- for factor in factors %}
        windowed.{{ factor }} - round(leniency_steps.leniency::numeric, 2)
        - windowed.halo_part - windowed.trend_part as {{ factor }}{{ ',' if not loop.last }}
        {%- endfor %}
    from windowed
    inner join leniency_steps
        on windowed.candidate_id = leniency_steps.candidate_id
            and windowed.week_start_at >= leniency_steps.from_at
            and (
                leniency_steps.to_at is null
                or windowed.week_start_at < leniency_steps.to_at
            )

),

averaged as (

    select
        adjusted.week_start_at,
        adjusted.week_date,
        adjusted.interviewer_id,
        count(*)::integer as n_rated_window,
        {%- for factor in factors %}
        round(avg(adjusted.{{ factor }}), 2) as {{ factor }}{{ ',' if not loop.last }}
        {%- endfor %}
    from adjusted
    group by 1, 2, 3

),

scored as (

    select
        averaged.week_start_at,
        averaged.week_date,
        averaged.interviewer_id,
        averaged.n_rated_window,
        max(weights.fit_id) as weights_fit_id,
        case
            when count(*) = count(answer.mean)
                then sum(round(weights.weight * answer.mean, 3))
        end as experience_score
    from averaged
    cross join lateral (
        values
        {%- for factor in factors %}
        ('{{ factor }}', averaged.{{ factor }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as answer (factor, mean)
    inner join weights
        on answer.factor = weights.factor
    group by 1, 2, 3, 4

),

first_week as (

    select min(week_start_at) as week_start_at
    from weeks

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
        weeks.week_start_at,
        weeks.week_date,
        interviewers.interviewer_id,
        scored.weights_fit_id,
        coalesce(scored.n_rated_window, 0) as n_rated_window,
        coalesce(
            sum(judged.n_mocks) over (
                partition by interviewers.interviewer_id
                order by weeks.week_start_at
            ),
            0
        )::integer as n_mocks,
        case
            when scored.n_rated_window >= {{ var('min_rated_sessions') }}
                then scored.experience_score
        end as experience_score
    from weeks
    inner join interviewers
        on weeks.week_start_at >= interviewers.joined_at
    left join scored
        on weeks.week_date = scored.week_date
            and interviewers.interviewer_id = scored.interviewer_id
    left join judged
        on weeks.week_start_at = judged.week_start_at
            and interviewers.interviewer_id = judged.interviewer_id

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
    told.n_mocks,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.accuracy_score end
        as accuracy_score,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.leniency end
        as leniency,
    case when told.n_mocks >= {{ var('min_judged_mocks') }} then accuracy.leniency_se end
        as leniency_se,
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
