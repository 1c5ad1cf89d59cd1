-- depends_on: {{ ref('pnl_churn_line') }}
with

in_force as (

    {{ accepted_fit('churn_line') }}

)

select * from in_force
