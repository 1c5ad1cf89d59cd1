{#- Window frame over an instant: strictly before the current row, back to so many days earlier. -#}
{% macro within_days_before(days) -%}
    range between interval '{{ days }} days' preceding and interval '1 microsecond' preceding
{%- endmacro %}
