{#- One end of the published interval for a correlation, by Fisher's z, which stays within -1 and 1; null for
    fewer than four pairs. Source: Fisher 1921, Metron 1. -#}
{% macro correlation_bound(correlation, n, end) -%}
    tanh(
        atanh(greatest(least({{ correlation }}, 0.999999), -0.999999)::double precision)
        {{ '-' if end == 'lower' else '+' }} {{ var('interval_z') }}
        / sqrt(case when {{ n }} > 3 then {{ n }} - 3 end::double precision)
    )
{%- endmacro %}
