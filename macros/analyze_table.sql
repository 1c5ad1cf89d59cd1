{#- Post-hook: tells the planner how large a fresh table is; nothing for a view. -#}
{% macro analyze_table() -%}
    {%- if config.get('materialized') != 'view' -%}analyze {{ this }}{%- endif -%}
{%- endmacro %}
