-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{{ config(materialized='incremental', indexes=[{'columns': ['session_id'], 'unique': true}]) }}
{% set factors = experience_factors() %}
with

sessions as (

    select * from {{ ref('stg_app__sessions') }}
    {{ only_touched() }}

),

candidate_forms as (

    select * from {{ ref('stg_app__candidate_feedback') }}
    {{ only_touched() }}

),

releases as (

    select * from {{ ref('int_sessions_followed') }}
    {{ only_touched() }}

),

directions as (

    select
        {%- for factor in factors %}
        coalesce(
            bool_or(factor = '{{ factor }}' and direction = 'lower_is_better'), false
        ) as is_{{ factor }}_reversed{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('experience_factors') }}

),

-- A question where a low answer is the good one is turned round here, once: from now on
-- higher is better for every factor.
rated as (

    select
        sessions.session_id,
        sessions.interviewer_id,
        sessions.candidate_id,
        sessions.interview_type,
        {%- for factor in factors %}
        case
            when directions.is_{{ factor }}_reversed
                then {{ var('rating_min') + var('rating_max') }} - candidate_forms.{{ factor }}
            else candidate_forms.{{ factor }}
        end::integer as {{ factor }},
        {%- endfor %}
        releases.is_candidate_form_released as is_released,
        releases.is_excused,
        coalesce(sessions.started_at, sessions.scheduled_at) as session_start_at,
        coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at)
            as session_end_at,
        candidate_forms.submitted_at,
        releases.candidate_form_released_at as released_at
    from candidate_forms
    inner join sessions
        on candidate_forms.session_id = sessions.session_id
    inner join releases
        on candidate_forms.session_id = releases.session_id
    cross join directions
    where sessions.kind = 'mock'
        and sessions.status = 'completed'

),

counted as (

    select
        *,
        num_nonnulls({{ factors | join(', ') }}) as n_items,
        0
        {%- for factor in factors %}
        + coalesce({{ factor }}, 0)
        {%- endfor %} as rating_sum
    from rated

)

-- A form without a single answer says nothing about the interviewer.
select * from counted
where n_items > 0
