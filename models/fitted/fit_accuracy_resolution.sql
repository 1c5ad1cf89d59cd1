-- depends_on: {{ ref('pnl_accuracy_resolution') }}
with

in_force as (

    {{ accepted_fit('accuracy_resolution') }}

)

select * from in_force
