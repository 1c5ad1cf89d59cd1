-- No CTE: around one, the planner could not look up a few rows' versions by their key.
select
    session_id,
    load_version,
    scheduled_at,
    started_at,
    ended_at,
    loaded_at,
    valid_to
from {{ source('raw', 'sessions') }}
where loaded_at <= (select clock.as_of from {{ source('run', 'clock') }} as clock)
