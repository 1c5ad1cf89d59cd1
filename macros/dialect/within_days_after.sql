{#- Window frame over an instant: strictly after the current row, up to so many days later. -#}
{% macro within_days_after(days) -%}
    range between interval '1 microsecond' following and interval '{{ days }} days' following
{%- endmacro %}
