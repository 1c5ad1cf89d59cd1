-- depends_on: {{ ref('pnl_error_budget') }}
with

in_force as (

    {{ accepted_fit('error_budget') }}

)

select * from in_force
