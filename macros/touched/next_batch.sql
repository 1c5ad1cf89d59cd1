{#- The number of the batch that this build of int_sessions_followed writes. -#}
{% macro next_batch() -%}
    {{ mart_mark('int_sessions_followed', 'batch') | int + 1 }}
{%- endmacro %}
