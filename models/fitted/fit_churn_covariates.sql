-- depends_on: {{ ref('pnl_churn_covariates') }}
with

in_force as (

    {{ accepted_fit('churn_covariates') }}

)

select * from in_force
