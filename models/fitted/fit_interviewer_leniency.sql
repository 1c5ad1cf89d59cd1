-- depends_on: {{ ref('pnl_interviewer_leniency') }}
with

in_force as (

    {{ accepted_fit('interviewer_leniency') }}

)

select * from in_force
