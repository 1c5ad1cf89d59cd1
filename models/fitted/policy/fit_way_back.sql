-- depends_on: {{ ref('pnl_way_back') }}
with

in_force as (

    {{ accepted_fit('way_back') }}

)

select * from in_force
