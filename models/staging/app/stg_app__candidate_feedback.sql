-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
with

versions as (

    select * from {{ as_known(source('raw', 'candidate_feedback')) }} as known_versions

)

select
    session_id,
    {%- for factor in experience_factors() %}
    {{ factor }},
    {%- endfor %}
    submitted_at,
    load_seq,
    loaded_at
from versions
