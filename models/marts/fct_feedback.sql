-- noqa: disable=LT02
{{ config(materialized='incremental') }}
{% set factors = experience_factors() -%}
with

ratings as (

    select * from {{ ref('int_ratings_submitted') }}
    {{ only_touched() }}

)

select
    session_id,
    interviewer_id,
    candidate_id,
    interview_type,
    {%- for factor in default_form() %}
    {{ factor if factor in factors else 'null::integer' }} as {{ factor }},
    {%- endfor %}
    n_items,
    rating_sum::integer as rating_sum,
    is_excused,
    session_end_at,
    submitted_at,
    released_at
from ratings
where is_released
