{#- The accuracy score, not rounded, of a chance of a yes at the companies' bar (B3). -#}
{% macro accuracy_score_of(yes_prob) -%}
    case
        when {{ yes_prob }} >= 0.5 then 4 * ln(2 * {{ yes_prob }}) / ln(2)
        else -4 * ln(2 * (1 - {{ yes_prob }})) / ln(2)
    end
{%- endmacro %}
