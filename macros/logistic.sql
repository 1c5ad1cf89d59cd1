{#- The logistic function, safe where exp() would overflow. Null stays null: least() and greatest() pass
    over nulls, and would turn an unknown logit into a certainty. -#}
{% macro logistic(logit) -%}
    case
        when ({{ logit }}) is not null
            then 1 / (1 + exp(-greatest(least({{ logit }}, 500), -500)))
    end
{%- endmacro %}
