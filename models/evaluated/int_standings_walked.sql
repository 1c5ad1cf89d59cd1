-- noqa: disable=LT02
{{ config(indexes=[{'columns': ['interviewer_id', 'step']}]) }}
{% set has_history = has_written_standings() %}
with recursive

evaluations as (

    select * from {{ ref('int_weeks_evaluated') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

written as (

    {% if has_history -%}
    select * from {{ written_standings(newest_only=true) }} as written_weeks
    {%- else -%}
    select
        null::text as interviewer_id
        {%- for column, type, start in standing_state() %},
        null::{{ type }} as {{ column }}
        {%- endfor %}
    where false
    {%- endif %}

),

first_steps as (

    select
        interviewer_id,
        min(step) as step
    from evaluations
    group by 1  -- noqa: AM06

),

walked as (

    -- Where the written weeks end; whoever has none yet is new since joining.
    select
        first_steps.interviewer_id,
        first_steps.step - 1 as step,
        {%- for column, type, start in standing_state() %}
        coalesce(written.{{ column }}, {{ start }})::{{ type }} as {{ column }},
        {%- endfor %}
        false as is_counted
    from first_steps
    inner join interviewers
        on first_steps.interviewer_id = interviewers.interviewer_id
    left join written
        on first_steps.interviewer_id = written.interviewer_id

    union all

    select
        {{- standing_step() }}
    from walked as before
    inner join evaluations as seen
        on before.interviewer_id = seen.interviewer_id
            and before.step + 1 = seen.step
    {{- standing_step_joins() }}

)

select walked.*
from walked
inner join evaluations
    on walked.interviewer_id = evaluations.interviewer_id
        and walked.step = evaluations.step
