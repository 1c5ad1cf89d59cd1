{#- Window frame over an instant: less than so many minutes before or after the current row, itself included. -#}
{% macro within_minutes_around(minutes) -%}
    {%- set microseconds = (minutes | int) * 60000000 - 1 -%}
    range between interval '{{ microseconds }} microseconds' preceding
        and interval '{{ microseconds }} microseconds' following
{%- endmacro %}
