-- depends_on: {{ ref('pnl_rating_components') }}
with

in_force as (

    {{ accepted_fit('rating_components') }}

)

select * from in_force
