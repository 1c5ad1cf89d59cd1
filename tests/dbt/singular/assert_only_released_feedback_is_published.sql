-- Nothing that an interviewer can see holds a trace of a form before its release. Guards
-- fct_feedback, from which the window is drawn. Only a form that was corrected may say that it was
-- submitted after its release: what was seen stays seen.
select
    feedback.session_id,
    feedback.released_at,
    clock.as_of
from {{ ref('fct_feedback') }} as feedback
cross join {{ source('run', 'clock') }} as clock
where feedback.released_at > clock.as_of
    or (
        feedback.released_at < feedback.submitted_at
        and feedback.session_id not in (
            select versions.session_id
            from {{ ref('stg_history__candidate_feedback') }} as versions
            where versions.valid_to is not null
        )
    )
