{#- Days from one instant to a later one, with their fraction, as double precision. -#}
{% macro days_between(earlier, later) -%}
    (extract(epoch from ({{ later }} - {{ earlier }}))::double precision / 86400)
{%- endmacro %}
