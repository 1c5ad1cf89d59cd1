-- depends_on: {{ ref('pnl_experience_weights') }}
with

in_force as (

    {{ accepted_fit('experience_weights') }}

)

select * from in_force
