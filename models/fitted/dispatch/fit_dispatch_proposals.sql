-- depends_on: {{ ref('pnl_dispatch_proposals') }}
with

in_force as (

    {{ accepted_fit('dispatch_proposals') }}

)

select * from in_force
