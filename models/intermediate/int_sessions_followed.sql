-- depends_on: {{ ref('stg_app__hiring_decisions') }}
-- noqa: disable=LT02
-- A change of one session can change the labels and outcomes of all its candidate's sessions: they
-- are touched together. The tables built on this one replace the rows of touched sessions only.
{{ config(
    materialized='incremental',
    indexes=[
        {'columns': ['session_id'], 'unique': true},
        {'columns': ['candidate_id']},
        {'columns': ['next_change_at']},
        {'columns': ['touched_batch']},
    ],
) }}
{% set sides = ['candidate', 'interviewer'] %}
{% set if_touched = 'and replaced.session_id in (select session_id from touched)'
    if is_incremental() else '' -%}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

{% if is_incremental() -%}
-- What came in since the last build, and what the clock alone has changed: forms released, labels
-- matured.
changed as (

    {% for feed in [
        'sessions', 'candidate_feedback', 'interviewer_feedback', 'hiring_decisions',
        'excused_ratings',
    ] -%}
    select session_id from {{ ref('stg_app__' ~ feed) }}
    where load_seq > {{ mart_mark('int_sessions_followed', 'load_seq') }}
    union
    {% endfor -%}
    select session_id from {{ this }}
    where next_change_at <= (select clock.as_of from clock)

),

-- A correction may move a session from one candidate to another: both are touched.
candidates_touched as (

    select stored.candidate_id
    from {{ this }} as stored
    inner join changed
        on stored.session_id = changed.session_id
    union
    select sessions.candidate_id
    from {{ ref('stg_app__sessions') }} as sessions
    inner join changed
        on sessions.session_id = changed.session_id

),

touched as (

    select session_id from changed
    union
    select stored.session_id
    from {{ this }} as stored
    inner join candidates_touched
        on stored.candidate_id = candidates_touched.candidate_id

),

{% endif -%}
{% for step, feed in [
    ('sessions', 'sessions'), ('candidate_forms', 'candidate_feedback'),
    ('interviewer_forms', 'interviewer_feedback'), ('excuses', 'excused_ratings'),
] -%}
{{ step }} as (

    select * from {{ ref('stg_app__' ~ feed) }}
    {% if is_incremental() %}where session_id in (select session_id from touched){% endif %}

),

{% endfor -%}
both_sides as (

    select
        sessions.session_id,
        sessions.candidate_id,
        excuses.session_id is not null as is_excused,
        candidate_forms.submitted_at as candidate_submitted_at,
        interviewer_forms.submitted_at as interviewer_submitted_at,
        coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at)
            as session_end_at
    from sessions
    left join candidate_forms
        on sessions.session_id = candidate_forms.session_id
    left join interviewer_forms
        on sessions.session_id = interviewer_forms.session_id
    left join excuses
        on sessions.session_id = excuses.session_id

),

-- Only a row replaced while a form was in can have had that form released: sessions handed over
-- first as scheduled and then as held are passed over.
corrected as (

    {% for side in sides -%}
    {%- set forms = 'stg_history__' ~ side ~ '_feedback' -%}
    select replaced.session_id
    from {{ ref(forms) }} as replaced
    where replaced.valid_to is not null {{ if_touched }}
    union
    select replaced.session_id
    from {{ ref('stg_history__sessions') }} as replaced
    inner join {{ ref(forms) }} as forms
        on replaced.session_id = forms.session_id
        and replaced.valid_to > forms.loaded_at
    where replaced.valid_to is not null {{ if_touched }}
    {{ 'union' if not loop.last }}
    {% endfor %}
),

-- The union leaves each instant of a session once: nothing is tied in their order.
instants as (

    {% for feed in ['sessions', 'candidate_feedback', 'interviewer_feedback'] -%}
    select
        session_id,
        loaded_at as known_from_at
    from {{ ref('stg_history__' ~ feed) }}
    where session_id in (select session_id from corrected)
    {{ 'union' if not loop.last }}
    {% endfor %}
),

periods as (

    select
        session_id,
        known_from_at,
        lead(known_from_at) over (partition by session_id order by known_from_at)
            as known_until_at
    from instants

),

-- By what was known in each period that is over. The versions are joined where they are looked
-- up, one by one: read whole, they would be those of every session.
told_before as (

    select
        periods.session_id,
        periods.known_until_at,
        candidate_forms.submitted_at as candidate_submitted_at,
        interviewer_forms.submitted_at as interviewer_submitted_at,
        coalesce(sessions.ended_at, sessions.started_at, sessions.scheduled_at)
            as session_end_at
    from periods
    inner join {{ ref('stg_history__sessions') }} as sessions
        on periods.session_id = sessions.session_id
        and periods.known_from_at >= sessions.loaded_at
        and coalesce(periods.known_from_at < sessions.valid_to, true)
    {% for side in sides -%}
    left join {{ ref('stg_history__' ~ side ~ '_feedback') }} as {{ side }}_forms
        on periods.session_id = {{ side }}_forms.session_id
        and periods.known_from_at >= {{ side }}_forms.loaded_at
        and coalesce(periods.known_from_at < {{ side }}_forms.valid_to, true)
    {% endfor -%}
    where periods.known_until_at is not null

),

released_before as (

    select
        *,
        {{ blind_release_at('candidate', 'interviewer') }} as candidate_form_released_at,
        {{ blind_release_at('interviewer', 'candidate') }} as interviewer_form_released_at
    from told_before

),

-- A form that was released by what was known then stays so, whatever is corrected afterwards.
stays_released as (

    select
        session_id,
        min(candidate_form_released_at) filter (
            where candidate_form_released_at < known_until_at
        ) as candidate_form_released_at,
        min(interviewer_form_released_at) filter (
            where interviewer_form_released_at < known_until_at
        ) as interviewer_form_released_at
    from released_before
    group by session_id

),

released as (

    select
        both_sides.session_id,
        both_sides.candidate_id,
        both_sides.is_excused,
        {{ days_after('both_sides.session_end_at', var('churn_days')) }} as matures_at,
        least(
            {{ blind_release_at('candidate', 'interviewer') }},
            stays_released.candidate_form_released_at
        ) as candidate_form_released_at,
        least(
            {{ blind_release_at('interviewer', 'candidate') }},
            stays_released.interviewer_form_released_at
        ) as interviewer_form_released_at
    from both_sides
    left join stays_released
        on both_sides.session_id = stays_released.session_id

)

select
    released.session_id,
    released.candidate_id,
    {{ next_batch() }}::bigint as touched_batch,
    released.is_excused,
    coalesce(released.candidate_form_released_at <= clock.as_of, false)
        as is_candidate_form_released,
    coalesce(released.interviewer_form_released_at <= clock.as_of, false)
        as is_interviewer_form_released,
    released.candidate_form_released_at,
    released.interviewer_form_released_at,
    released.matures_at,
    -- Null once the clock alone changes nothing any more.
    least(
        case
            when released.candidate_form_released_at > clock.as_of
                then released.candidate_form_released_at
        end,
        case
            when released.interviewer_form_released_at > clock.as_of
                then released.interviewer_form_released_at
        end,
        case when released.matures_at > clock.as_of then released.matures_at end
    ) as next_change_at
from released
cross join clock
