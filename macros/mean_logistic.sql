{#- Mean of the logistic function over a normal logit: an ability known but roughly makes a yes less
    certain either way. The logit is divided by sqrt(1 + k variance), where (16 sqrt(3) / 15 pi)^2 = k
    is the variance of the logistic curve against its nearest normal one; off by .011 at most.
    Source: Zeger, Liang & Albert 1988, Biometrics 44; as in python_models/calibration. -#}
{% macro mean_logistic(logit, variance) -%}
    {{ logistic(
        '(' ~ logit ~ ') / sqrt(1 + (16 * sqrt(3) / (15 * pi())) ^ 2 * (' ~ variance ~ '))'
    ) }}
{%- endmacro %}
