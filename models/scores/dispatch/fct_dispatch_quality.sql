with

clock as (

    select * from {{ source('run', 'clock') }}

),

qualities as (

    select * from {{ ref('int_qualities_of_all_time') }}
    where moment = 'as_of'

)

select
    qualities.interviewer_id,
    qualities.fit_id,
    qualities.n_rated_total,
    qualities.quality_all_time,
    qualities.quality_all_time_sd,
    qualities.n_rated_total = 0 as is_prior,
    clock.as_of
from qualities
cross join clock
