-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
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

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

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
    group by 1, 2, 3  -- noqa: AM06

),

-- Every week of everybody who was there, rated or not.
told as (

    select
        weeks.week_start_at,
        weeks.week_date,
        interviewers.interviewer_id,
        coalesce(averaged.n_rated_window, 0) as n_rated_window,
        {%- for factor in factors %}
        averaged.{{ factor }}{{ ',' if not loop.last }}
        {%- endfor %}
    from weeks
    inner join interviewers
        on weeks.week_start_at >= interviewers.joined_at
    left join averaged
        on weeks.week_date = averaged.week_date
            and interviewers.interviewer_id = averaged.interviewer_id

)

select * from told
