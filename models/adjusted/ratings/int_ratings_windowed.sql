with

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}

),

-- Only what the interviewer can see counts, newest first by the session's end; the second
-- sort key keeps the window the same on every run.
ranked as (

    select
        *,
        row_number() over (
            partition by interviewer_id
            order by session_end_at desc, session_id desc
        ) as recency_rank,
        count(*) over (partition by interviewer_id) as n_rated_total,
        max(session_end_at) over (partition by interviewer_id) as last_rated_at
    from ratings
    where is_released

)

-- Older sessions are left out on purpose: people must be able to recover.
select * from ranked
where recency_rank <= {{ var('lookback_sessions') }}
