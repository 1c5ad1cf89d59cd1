{#- Aggregate: one over the number of sessions that a mean discounted so is worth. -#}
{% macro noise_share(discount) -%}
    (sum({{ discount }} * {{ discount }}) / (sum({{ discount }}) * sum({{ discount }})))::numeric(10, 6)
{%- endmacro %}
