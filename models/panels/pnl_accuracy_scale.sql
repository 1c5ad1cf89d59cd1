with

abilities as (

    select * from {{ ref('int_abilities_told_before') }}

)

select
    session_id,
    n_others,
    ability,
    ability_reliability,
    leniency,
    said_yes,
    is_real
from abilities
