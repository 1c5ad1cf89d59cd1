-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

numbered as (

    select
        *,
        row_number() over forms as form_number,
        -- Numeric: sums over a moving window are exact.
        round(
            {{ days_between('first_value(submitted_at) over forms', 'submitted_at') }}::numeric / 7,
            9
        ) as form_week
    from ratings
    window forms as (partition by interviewer_id order by submitted_at, session_id)

),

-- Per interviewer, in the order in which the forms came in: after each form, the sums over
-- the last forms up to it, each adjusted by what was known when it came in.
running as (

    select
        interviewer_id,
        session_id,
        submitted_at,
        form_number,
        form_week,
        count(*) over recent_forms as n_past,
        sum(form_week) over recent_forms as week_sum,
        sum(form_number * form_week) over recent_forms as numbered_week_sum,
        {%- for factor in factors %}
        sum({{ factor }} - adjustment_then) over recent_forms as {{ factor }}_sum,
        count({{ factor }}) over recent_forms as {{ factor }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from numbered
    window recent_forms as (
        partition by interviewer_id
        order by submitted_at, session_id
        {{ last_rows(var('lookback_sessions')) }}
    )

),

-- Weeks of drift between the mean of the forms and the level at the newest of them: the mean of
-- min(age, age') over pairs of forms. The j-th oldest of n is the younger one in 2j - 1 pairs.
events as (

    select
        interviewer_id,
        session_id,
        submitted_at as happened_at,
        1 as is_form,
        n_past,
        form_week - (
            2 * numbered_week_sum - (2 * (form_number - n_past) + 1) * week_sum
        ) / (n_past * n_past) as drift_weeks,
        {%- for factor in factors %}
        {{ factor }}_sum,
        {{ factor }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from running

    union all

    select
        interviewer_id,
        session_id,
        session_start_at as happened_at,
        0 as is_form,
        null as n_past,
        null as drift_weeks,
        {%- for factor in factors %}
        null as {{ factor }}_sum,
        null as {{ factor }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from sessions
    where kind = 'mock'
        and status = 'completed'

),

-- At one instant the session sorts before the form: a form counts only if it was in before
-- the session began.
placed as (

    select
        *,
        sum(is_form) over (
            partition by interviewer_id
            order by happened_at, is_form, session_id
            rows between unbounded preceding and current row
        ) as n_forms_before
    from events

),

-- Between two forms lie the sessions that knew the first of them as the newest: each takes over
-- its sums. A join on the form's number would compare every session with every form.
carried as (

    select
        session_id,
        interviewer_id,
        is_form,
        n_forms_before,
        max(n_past) over known_forms as n_past,
        max(drift_weeks) over known_forms as drift_weeks,
        {%- for factor in factors %}
        max({{ factor }}_sum) over known_forms as {{ factor }}_sum,
        max({{ factor }}_count) over known_forms as {{ factor }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
    window known_forms as (partition by interviewer_id, n_forms_before)

),

averaged as (

    select
        session_id,
        interviewer_id,
        n_past::integer as n_past,
        drift_weeks::numeric(12, 6) as past_drift_weeks,
        {%- for factor in factors %}
        {{ factor }}_sum::double precision / nullif({{ factor }}_count, 0)
            as {{ factor }}_past_mean{{ ',' if not loop.last }}
        {%- endfor %}
    from carried
    where is_form = 0
        and n_forms_before > 0

)

select * from averaged
