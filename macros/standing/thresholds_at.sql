{#- Subquery: of each threshold the newest row that held at each of some Mondays (`week_start_at`). -#}
{% macro thresholds_at(moments, moment_key, thresholds) -%}
    (
        select distinct on (moments.{{ moment_key }}, decided.threshold)
            moments.{{ moment_key }},
            decided.threshold,
            decided.value
        from {{ moments }} as moments
        inner join {{ thresholds }} as decided
            on moments.week_start_at >= decided.valid_from
        order by moments.{{ moment_key }} asc, decided.threshold asc, decided.valid_from desc
    )
{%- endmacro %}
