-- depends_on: {{ ref('pnl_session_share') }}
with

in_force as (

    {{ accepted_fit('session_share') }}

)

select * from in_force
