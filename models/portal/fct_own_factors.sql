with

factors as (

    select * from {{ ref('fct_experience_factors') }}

)

select
    interviewer_id,
    factor,
    n,
    raw_mean,
    mean,
    weight,
    points,
    peer_median,
    as_of
from factors
