with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('stg_app__interviewers') }}

)

select
    interviewers.interviewer_id,
    coalesce(interviewers.handle, interviewers.interviewer_id) as handle,
    interviewers.employer_tier,
    interviewers.years_experience::double precision as years_experience,
    interviewers.interviews_conducted::integer as interviews_conducted,
    coalesce(interviewers.left_at <= clock.as_of, false) as has_left,
    interviewers.joined_at,
    interviewers.left_at
from interviewers
cross join clock
