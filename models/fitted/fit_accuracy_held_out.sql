-- depends_on: {{ ref('pnl_accuracy_held_out') }}
with

in_force as (

    {{ accepted_fit('accuracy_held_out') }}

)

select * from in_force
