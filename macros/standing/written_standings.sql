{#- Subquery: the weekly standings that were published before this instant. A run that looks back goes
    on from what was written then, so that it comes to the very same; what an earlier run of the same
    instant wrote is told anew, as it was. A column that the state has
    gained since is null. -#}
{% macro written_standings() -%}
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
        from {{ source('published_policy', 'standing_history_before') }} as written
        where written.as_of < (
            select clock.as_of from {{ source('run', 'clock') }} as clock
        )
    )
{%- endmacro %}
