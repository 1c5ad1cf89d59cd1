-- depends_on: {{ ref('pnl_lookback_curve') }}
with

in_force as (

    {{ accepted_fit('lookback_curve') }}

)

select * from in_force
