{#- Idle weeks widen the posterior, up to what is known of nobody in particular. -#}
{% macro posterior_sd(shrinkage, idle_weeks) -%}
    sqrt(
        least(
            components.interviewer_variance * (1 - {{ shrinkage }})
            + components.drift_variance * greatest({{ idle_weeks }}, 0),
            components.interviewer_variance
        )
    )
{%- endmacro %}
