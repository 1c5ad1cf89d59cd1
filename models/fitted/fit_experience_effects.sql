-- depends_on: {{ ref('pnl_experience_effects') }}
with

in_force as (

    {{ accepted_fit('experience_effects') }}

)

select * from in_force
