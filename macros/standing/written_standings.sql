{#- Subquery: the weekly standings that were published before this instant. A run that looks back goes
    on from what was written then, so that it comes to the very same; what an earlier run of the same
    instant wrote is told anew, as it was. Where a policy is tried, all weeks of which the score's
    history is told anew are evaluated anew as well. A column that the state has gained since is null.
    Every interviewer has a row each week: whoever goes on from the newest needs that week alone. -#}
{% macro written_standings(newest_only=false) -%}
    {%- set written = source('published_policy', 'standing_history_before') -%}
    {%- set existing = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(written) -%}
            {%- do existing.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
    (
        select
            written.*
            {%- for column, type, start in standing_state() if existing and column not in existing %},
            null::{{ type }} as {{ column }}
            {%- endfor %}
        from {{ written }} as written
        where {{ _is_written('written') }}
        {%- if newest_only %}
        and written.week_date = (
            select max(earlier.week_date)
            from {{ written }} as earlier
            where {{ _is_written('earlier') }}
        )
        {%- endif %}
    )
{%- endmacro %}


{% macro _is_written(weeks) -%}
    {%- if target.name == 'preview' -%}
    {{ weeks }}.week_date::timestamp at time zone 'UTC' < (
        select
            date_trunc('week', clock.as_of, 'UTC')
            - interval '{{ var("history_backfill_weeks") }} weeks'
        from {{ source('run', 'clock') }} as clock
    )
    {%- else -%}
    {{ weeks }}.as_of < (
        select clock.as_of from {{ source('run', 'clock') }} as clock
    )
    {%- endif %}
{%- endmacro %}
