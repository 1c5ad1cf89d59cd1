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
-- What a run of this very instant wrote is told anew, as it was.
written as (

    select max(score_history.week_date) as newest_week
    from {{ source('published', 'score_history_before') }} as score_history
    inner join clock
        on score_history.as_of < clock.as_of

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
    cross join lateral
        {{ last_released_ratings('interviewers.interviewer_id', 'weeks.week_start_at') }}
            as last_ratings
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
        windowed.session_id,
        windowed.session_end_at,
        max(windowed.session_end_at) over whole_window as last_rated_at,
        count(*) over whole_window as n_rated_window,
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
    window whole_window as (partition by windowed.week_date, windowed.interviewer_id)

),

aged as (

    select
        *,
        {{ days_between('session_end_at', 'last_rated_at') }} / 7 as weeks_older,
        {{ days_between(
            'min(session_end_at) over (partition by week_date, interviewer_id)', 'last_rated_at'
        ) }} / 7 as oldest_weeks
    from adjusted

),

discounted as (

    select
        aged.*,
        {{ session_discount(
            'aged.weeks_older', 'aged.oldest_weeks', 'aged.n_rated_window',
            'components.sure_drift_variance', 'components.adjusted_variance'
        ) }} as discount
    from aged
    cross join components

),

accumulated as (

    select
        *,
        coalesce(
            sum(discount) over (
                partition by week_date, interviewer_id
                order by session_end_at, session_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as older_discount
    from discounted

),

averaged as (

    select
        week_start_at,
        week_date,
        interviewer_id,
        count(*)::integer as n_rated_window,
        max(last_rated_at) as last_rated_at,
        {{ noise_share('discount') }} as noise_share,
        {{ drift_weeks('discount', 'older_discount', 'weeks_older') }} as drift_weeks,
        {%- for factor in factors %}
        round(avg({{ factor }}), 2) as {{ factor }},
        (
            sum(discount * {{ factor }})
            / nullif(sum(discount) filter (where {{ factor }} is not null), 0)
        )::numeric(10, 6) as {{ factor }}_recent{{ ',' if not loop.last }}
        {%- endfor %}
    from accumulated
    group by 1, 2, 3  -- noqa: AM06

),

-- Rated sessions by the first Monday at which they were known.
counted as (

    select
        ratings.interviewer_id,
        greatest(
            date_trunc('week', ratings.released_at - interval '1 microsecond', 'UTC')
            + interval '1 week',
            (select min(weeks.week_start_at) from weeks)
        ) as week_start_at,
        count(*) as n_rated
    from ratings
    group by 1, 2  -- noqa: AM06

),

-- Every week of everybody who was there, rated or not.
told as (

    select
        weeks.week_start_at,
        weeks.week_date,
        interviewers.interviewer_id,
        coalesce(averaged.n_rated_window, 0) as n_rated_window,
        coalesce(
            sum(counted.n_rated) over (
                partition by interviewers.interviewer_id
                order by weeks.week_start_at
            ),
            0
        )::integer as n_rated_total,
        averaged.last_rated_at,
        averaged.noise_share,
        averaged.drift_weeks,
        {%- for factor in factors %}
        averaged.{{ factor }},
        averaged.{{ factor }}_recent{{ ',' if not loop.last }}
        {%- endfor %}
    from weeks
    inner join interviewers
        on weeks.week_start_at >= interviewers.joined_at
    left join averaged
        on weeks.week_date = averaged.week_date
            and interviewers.interviewer_id = averaged.interviewer_id
    left join counted
        on weeks.week_start_at = counted.week_start_at
            and interviewers.interviewer_id = counted.interviewer_id

)

select * from told
