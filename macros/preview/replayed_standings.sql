{#- Query: where the evaluations of a policy lead to, by the machine of int_standings_walked, from the
    state that was written before the first of them. Where recommendations are followed, whoever is
    recommended to be warned or paused is so in the week after, unless people decided something else
    in that week; decisions that people made hold either way. -#}
{% macro replayed_standings(policy, history, is_followed) -%}
    {%- set evaluations = preview_schema() ~ '.evaluations_' ~ policy %}
    {#- A column that the state has gained since is null in what was written before. #}
    {%- set written = adapter.get_columns_in_relation(api.Relation.create(
        database=target.database, schema=history.split('.')[0], identifier=history.split('.')[1]
    )) | map(attribute='name') | list %}
    with recursive

    first_weeks as (

        select
            interviewer_id,
            week_date
        from {{ evaluations }}
        where step = 1

    ),

    written as (

        select history.*
        from {{ history }} as history
        where history.week_date = (
            select max(earlier.week_date)
            from {{ history }} as earlier
            where earlier.week_date < (select min(first_weeks.week_date) from first_weeks)
        )

    ),

    walked as (

        select
            first_weeks.interviewer_id,
            0::bigint as step,
            {%- for column, type, start in standing_state() %}
            coalesce({{ 'written.' ~ column if column in written else 'null' }}, {{ start }})::{{ type }} as {{ column }},
            {%- endfor %}
            false as is_counted
        from first_weeks
        left join marts.dim_interviewers as interviewers
            on first_weeks.interviewer_id = interviewers.interviewer_id
        left join written
            on first_weeks.interviewer_id = written.interviewer_id

        union all

        select
            {{- standing_step() }}
        from walked as before
        -- One look into the index per person and week: a join would go through all weeks for each.
        cross join lateral (
            select evaluations.*
            from {{ evaluations }} as evaluations
            where evaluations.interviewer_id = before.interviewer_id
                and evaluations.step = before.step + 1
            limit 1
        ) as told
        cross join lateral (
            select
                {% if is_followed -%}
                coalesce(told.decision_then is null and before.recommended in ('warn', 'pause'), false)
                {%- else -%}
                false
                {%- endif %} as is_followed
        ) as obeyed
        cross join lateral (
            select
                told.*,
                case when obeyed.is_followed then before.recommended else told.decision_then end
                    as decision,
                case
                    when obeyed.is_followed then told.week_start_at - interval '7 days'
                    else told.decided_then_at
                end as decided_at,
                {%- for kind in ['rated', 'mocks'] %}
                case
                    when obeyed.is_followed then told.n_{{ kind }}_before
                    else told.n_{{ kind }}_decided_then
                end as n_{{ kind }}_decided{{ ',' if not loop.last }}
                {%- endfor %}
        ) as seen
        {{- standing_step_joins() }}

    )

    select
        '{{ policy }}'::text as policy,
        {{ is_followed }} as is_followed,
        walked.interviewer_id,
        evaluations.week_date,
        walked.standing,
        walked.recommended,
        walked.recommended_for,
        walked.recommended_since,
        walked.is_counted
    from walked
    inner join {{ evaluations }} as evaluations
        on walked.interviewer_id = evaluations.interviewer_id
            and walked.step = evaluations.step
{%- endmacro %}
