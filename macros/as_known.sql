{#- The versions of a raw table's rows that were known at the instant the figures stand for. The
    clock comes in as scalar subqueries: joined, the planner would guess at its one row. -#}
{% macro as_known(raw_table) -%}
    {%- set as_of = '(select clock.as_of from ' ~ source('run', 'clock') ~ ' as clock)' -%}
    (
        select versions.*
        from {{ raw_table }} as versions
        where versions.loaded_at <= {{ as_of }}
            and (versions.valid_to is null or versions.valid_to > {{ as_of }})
    )
{%- endmacro %}
