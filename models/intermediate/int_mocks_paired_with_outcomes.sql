{{ config(materialized='incremental', indexes=[{'columns': ['session_id'], 'unique': true}]) }}
with

sessions as (

    select * from {{ ref('stg_app__sessions') }}
    {{ only_touched() }}

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}
    {{ only_touched() }}

),

-- One line of time per candidate: a union and one window find every mock's later results
-- without comparing each mock with each result.
events as (

    select
        session_id,
        candidate_id,
        interviewer_id,
        coalesce(ended_at, started_at, scheduled_at) as happened_at,
        0 as is_real_session,
        0 as is_passed
    from sessions
    where kind = 'mock'
        and status = 'completed'

    union all

    select
        session_id,
        candidate_id,
        null::text as interviewer_id,
        session_end_at as happened_at,
        1 as is_real_session,
        is_advanced::integer as is_passed
    from decided

),

looked_ahead as (

    select
        session_id,
        candidate_id,
        interviewer_id,
        is_real_session,
        happened_at as mock_end_at,
        sum(is_real_session) over outcome_window as n_later_real,
        sum(is_passed) over outcome_window as n_later_passed,
        min(happened_at) filter (where is_real_session = 1) over outcome_window
            as first_real_at
    from events
    window outcome_window as (
        partition by candidate_id
        order by happened_at
        {{ within_days_after(var('outcome_days')) }}
    )

)

select
    session_id,
    candidate_id,
    interviewer_id,
    n_later_real::integer as n_later_real,
    n_later_passed::integer as n_later_passed,
    {{ days_between('mock_end_at', 'first_real_at') }} as days_to_first_real,
    mock_end_at,
    first_real_at
from looked_ahead
where is_real_session = 0
    and n_later_real > 0
