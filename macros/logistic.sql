{#- The logistic function, safe where exp() would overflow. -#}
{% macro logistic(logit) -%}
    1 / (1 + exp(-greatest(least({{ logit }}, 500), -500)))
{%- endmacro %}
