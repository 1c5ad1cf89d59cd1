{#- A number with its sign and two decimals, as text. -#}
{% macro signed_number(number) -%}
    to_char({{ number }}, 'FMSG990.00')
{%- endmacro %}
