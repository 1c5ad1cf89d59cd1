-- The score is on the rating scale only if the weights of the factors asked sum to 1 (equal weights
-- of three or six factors do so up to their fourth decimal).
with

factors as (

    select distinct
        factor,
        weight
    from {{ ref('fct_experience_factors') }}

)

select sum(weight) as weight_sum
from factors
having abs(sum(weight) - 1) > 0.0005 * count(*)
