-- Row-level security seeks by the reader, the key by the session.
{{ config(indexes=[{'columns': ['interviewer_id']}]) }}
with

sessions as (

    select * from {{ ref('fct_experience_sessions') }}

)

select
    interviewer_id,
    session_id,
    recency_rank,
    interview_type,
    verdict,
    excitement_raw,
    excitement_adjusted,
    question_quality_raw,
    question_quality_adjusted,
    hint_quality_raw,
    hint_quality_adjusted,
    communication_raw,
    communication_adjusted,
    raw_ratings,
    adjusted_ratings,
    leniency_part,
    halo_part,
    trend_part,
    adjustment,
    adjustment_reason,
    session_end_at,
    released_at,
    as_of
from sessions
