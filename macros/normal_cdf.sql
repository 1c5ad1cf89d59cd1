{#- Standard normal distribution function. PostgreSQL has erf() only from 16 on, so this is
    Abramowitz & Stegun 26.2.17; its absolute error is below 7.5e-8. -#}
{% macro normal_cdf(z) -%}
    (
        select
            case
                when point.z >= 0 then 1 - tail.upper_prob
                else tail.upper_prob
            end
        from (select ({{ z }})::double precision as z) as point
        cross join lateral (
            select 1 / (1 + 0.2316419 * abs(point.z)) as t
        ) as step
        cross join lateral (
            select
                case
                    when abs(point.z) > 37 then 0
                    else
                        0.3989422804014327 * exp(-point.z * point.z / 2) * step.t * (
                            0.319381530 + step.t * (
                                -0.356563782 + step.t * (
                                    1.781477937 + step.t * (-1.821255978 + step.t * 1.330274429)
                                )
                            )
                        )
                end as upper_prob
        ) as tail
    )
{%- endmacro %}
