{#- One number of what a table recorded of its last build; 0 where it was never built. -#}
{% macro mart_mark(model_name, name) -%}
    {%- if execute -%}
        {%- set state = mart_state(model_name) -%}
        {{ state[name] if state else 0 }}
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
