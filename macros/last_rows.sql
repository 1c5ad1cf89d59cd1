{#- Window frame: the current row and those before it, so many in all. -#}
{% macro last_rows(n_rows) -%}
    rows between {{ [n_rows | int, 1] | max - 1 }} preceding and current row
{%- endmacro %}
