-- depends_on: {{ ref('stg_app__hiring_decisions') }}
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
sessions as (

    select * from {{ ref('stg_app__sessions') }}
    {% if is_incremental() %}where session_id in (select session_id from touched){% endif %}

),

candidate_forms as (

    select * from {{ ref('stg_app__candidate_feedback') }}
    {% if is_incremental() %}where session_id in (select session_id from touched){% endif %}

),

interviewer_forms as (

    select * from {{ ref('stg_app__interviewer_feedback') }}
    {% if is_incremental() %}where session_id in (select session_id from touched){% endif %}

),

excuses as (

    select * from {{ ref('stg_app__excused_ratings') }}
    {% if is_incremental() %}where session_id in (select session_id from touched){% endif %}

),

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

limited as (

    select
        *,
        {{ days_after('session_end_at', var('blind_release_days')) }} as blind_until_at,
        {{ days_after('session_end_at', var('churn_days')) }} as matures_at
    from both_sides

),

-- least() passes over nulls: a form that never came does not hold the other back for longer than
-- the blind period.
waited_for as (

    select
        *,
        least(interviewer_submitted_at, blind_until_at) as other_for_candidate_at,
        least(candidate_submitted_at, blind_until_at) as other_for_interviewer_at
    from limited

),

released as (

    select
        session_id,
        candidate_id,
        is_excused,
        matures_at,
        case
            when candidate_submitted_at is not null
                then greatest(candidate_submitted_at, other_for_candidate_at)
        end as candidate_form_released_at,
        case
            when interviewer_submitted_at is not null
                then greatest(interviewer_submitted_at, other_for_interviewer_at)
        end as interviewer_form_released_at
    from waited_for

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
