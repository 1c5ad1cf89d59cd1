-- Publishing appends: what was to be told stays on record when a notice changes or ends.
{{ config(meta={'append_only': true}) }}
with

notices as (

    select * from {{ ref('fct_interviewer_notices') }}

)

select
    interviewer_id,
    notice,
    text,
    row_hash,
    since,
    fit_id,
    changed_since as told_at,
    as_of
from notices
