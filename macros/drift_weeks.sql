{#- Aggregate: weeks of drift between a discounted mean and the last session, the mean of
    min(age, age') over pairs of sessions. `older_discount` sums the discounts of what is older. -#}
{% macro drift_weeks(discount, older_discount, weeks_older) -%}
    (
        sum({{ discount }} * round({{ weeks_older }}::numeric, 6) * ({{ discount }} + 2 * {{ older_discount }}))
        / (sum({{ discount }}) * sum({{ discount }}))
    )::numeric(12, 6)
{%- endmacro %}
