-- A view: the condition of a reader that wants few sessions reaches through it.
{{ config(materialized='view') }}
with

forms as (

    select * from {{ ref('stg_app__interviewer_feedback') }}

),

judged as (

    select
        session_id,
        case when would_advance then 'yes' else 'no' end as verdict,
        round(
            (coalesce(technical, 0) + coalesce(problem_solving, 0))::numeric
            / nullif(
                (technical is not null)::integer + (problem_solving is not null)::integer, 0
            )
        )::integer as performance
    from forms

)

select * from judged
