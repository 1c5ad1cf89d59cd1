-- depends_on: {{ ref('pnl_accuracy_scale') }}
with

in_force as (

    {{ accepted_fit('accuracy_scale') }}

)

select * from in_force
