-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

ratings as (

    select * from {{ ref('int_ratings_submitted') }}

),

sessions as (

    select * from {{ ref('stg_app__sessions') }}

),

-- Per interviewer, in the order in which the forms came in: after each form, the sums over
-- the last forms up to it.
running as (

    select
        interviewer_id,
        row_number() over submitted_forms as form_number,
        count(*) over recent_forms as n_past,
        {%- for factor in factors %}
        sum({{ factor }}) over recent_forms as {{ factor }}_sum,
        count({{ factor }}) over recent_forms as {{ factor }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from ratings
    window
        submitted_forms as (
            partition by interviewer_id
            order by submitted_at, session_id
        ),
        recent_forms as (
            partition by interviewer_id
            order by submitted_at, session_id
            {{ last_rows(var('lookback_sessions')) }}
        )

),

events as (

    select
        interviewer_id,
        session_id,
        submitted_at as happened_at,
        1 as is_form
    from ratings

    union all

    select
        interviewer_id,
        session_id,
        coalesce(started_at, scheduled_at) as happened_at,
        0 as is_form
    from sessions
    where kind = 'mock'
        and status = 'completed'

),

-- At one instant the session sorts before the form: a form counts only if it was in before
-- the session began.
placed as (

    select
        interviewer_id,
        session_id,
        is_form,
        sum(is_form) over (
            partition by interviewer_id
            order by happened_at, is_form, session_id
            rows between unbounded preceding and current row
        ) as n_forms_before
    from events

),

averaged as (

    select
        placed.session_id,
        placed.interviewer_id,
        running.n_past::integer as n_past,
        {%- for factor in factors %}
        running.{{ factor }}_sum::double precision / nullif(running.{{ factor }}_count, 0)
            as {{ factor }}_past_mean{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
    inner join running
        on placed.interviewer_id = running.interviewer_id
            and placed.n_forms_before = running.form_number
    where placed.is_form = 0

)

select * from averaged
