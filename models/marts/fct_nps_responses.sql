with

responses as (

    select * from {{ ref('stg_app__nps_responses') }}

)

select
    response_id,
    candidate_id,
    score::integer as nps_answer,
    score >= {{ var('nps_promoter_min') }} as is_promoter,
    score <= {{ var('nps_detractor_max') }} as is_detractor,
    responded_at
from responses
