{{ config(materialized='incremental', indexes=[{'columns': ['session_id'], 'unique': true}]) }}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('stg_app__sessions') }}
    {{ only_touched() }}

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}
    {{ only_touched() }}

),

completed as (

    select
        session_id,
        candidate_id,
        coalesce(started_at, scheduled_at) as session_start_at,
        coalesce(ended_at, started_at, scheduled_at) as session_end_at
    from sessions
    where status = 'completed'

),

followed as (

    select
        session_id,
        candidate_id,
        session_end_at,
        -- Names the candidate to the fits: it stays when an erasure takes the identifier away.
        first_value(session_id) over candidate_sessions as candidate_key,
        row_number() over candidate_sessions - 1 as n_earlier_sessions,
        lead(session_start_at) over candidate_sessions as next_session_at
    from completed
    window candidate_sessions as (
        partition by candidate_id
        order by session_end_at, session_id
    )

),

-- Sessions and advances of a candidate on one line of time, so that one window finds
-- whether a company advanced the candidate within the time that the label looks at.
events as (

    select
        session_id,
        candidate_id,
        session_end_at as happened_at,
        false as is_advance
    from followed

    union all

    select
        session_id,
        candidate_id,
        decided_at as happened_at,
        is_advanced as is_advance
    from decided
    where is_advanced

),

advances_ahead as (

    select
        session_id,
        is_advance,
        coalesce(
            bool_or(is_advance) over (
                partition by candidate_id
                order by happened_at
                {{ within_days_after(var('churn_days')) }}
            ),
            false
        ) as is_advanced_soon
    from events

),

labelled as (

    select
        followed.session_id,
        followed.candidate_key,
        followed.n_earlier_sessions,
        followed.next_session_at,
        case
            when followed.session_end_at
                > {{ days_after('clock.as_of', -1 * var('churn_days')) }} then 'immature'
            -- Leaving because one is ready is success, not loss.
            when advances_ahead.is_advanced_soon then 'ready'
            else 'mature'
        end as label_status,
        coalesce(
            followed.next_session_at
            > {{ days_after('followed.session_end_at', var('churn_days')) }},
            true
        ) as is_last_for_long
    from followed
    inner join advances_ahead
        on followed.session_id = advances_ahead.session_id
            and not advances_ahead.is_advance
    cross join clock

)

select
    session_id,
    candidate_key,
    label_status,
    n_earlier_sessions,
    case when label_status = 'mature' then is_last_for_long end as has_left,
    next_session_at
from labelled
