{#- Whether the table of weekly standings is there to go on from. -#}
{% macro has_written_standings() -%}
    {{ return(
        not execute or load_relation(source('published_policy', 'standing_history_before')) is not none
    ) }}
{%- endmacro %}
