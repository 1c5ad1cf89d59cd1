{#- An instant so many days after another. -#}
{% macro days_after(instant, days) -%}
    ({{ instant }} + interval '{{ days }} days')
{%- endmacro %}
