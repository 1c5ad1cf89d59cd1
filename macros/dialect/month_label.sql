{#- The calendar month of an instant, in UTC, as YYYY-MM. -#}
{% macro month_label(instant) -%}
    to_char({{ instant }} at time zone 'UTC', 'YYYY-MM')
{%- endmacro %}
