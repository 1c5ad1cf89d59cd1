{#- Subquery: the weekly standings that were published before this instant. A run that looks back goes
    on from what was written then, so that it comes to the very same; what an earlier run of the same
    instant wrote is told anew, as it was. -#}
{% macro written_standings() -%}
    (
        select written.*
        from {{ source('published_policy', 'standing_history_before') }} as written
        where written.as_of < (
            select clock.as_of from {{ source('run', 'clock') }} as clock
        )
    )
{%- endmacro %}
