{#- How far a mean of ratings is drawn towards what is known of nobody in particular: the share of
    its variance that is the interviewer, the rest being noise and drift within the window. -#}
{% macro posterior_shrinkage(noise_share, drift_weeks) -%}
    (
        components.interviewer_variance / (
            components.interviewer_variance
            + components.adjusted_variance * {{ noise_share }}
            + components.drift_variance * {{ drift_weeks }}
        )
    )
{%- endmacro %}
