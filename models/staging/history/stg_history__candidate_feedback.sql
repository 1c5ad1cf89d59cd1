-- No CTE: around one, the planner could not look up a few rows' versions by their key.
select
    session_id,
    load_version,
    submitted_at,
    loaded_at,
    valid_to
from {{ source('raw', 'candidate_feedback') }}
where loaded_at <= (select clock.as_of from {{ source('run', 'clock') }} as clock)
