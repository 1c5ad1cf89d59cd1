{{ config(materialized='incremental') }}
with

paired as (

    select * from {{ ref('int_mocks_paired_with_outcomes') }}
    {{ only_touched() }}

)

select
    session_id,
    interviewer_id,
    candidate_id,
    n_later_real,
    n_later_passed,
    days_to_first_real,
    mock_end_at,
    first_real_at
from paired
