-- Nothing that an interviewer can see holds a trace of a form before its release. Guards
-- fct_feedback, from which the window is drawn.
select
    feedback.session_id,
    feedback.released_at,
    clock.as_of
from {{ ref('fct_feedback') }} as feedback
cross join {{ source('run', 'clock') }} as clock
where feedback.released_at > clock.as_of
    or feedback.released_at < feedback.submitted_at
