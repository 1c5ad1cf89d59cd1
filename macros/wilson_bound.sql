{#- One end of Wilson's score interval for a share: z negative for the lower end, positive for the
    upper. Numeric, so that it rounds the same everywhere. Source: Wilson 1927, JASA 22. -#}
{% macro wilson_bound(share, n, z) -%}
    (
        {{ share }} + ({{ z }}) ^ 2 / (2 * nullif({{ n }}, 0))
        + ({{ z }}) * sqrt(
            {{ share }} * (1 - {{ share }}) / nullif({{ n }}, 0)
            + ({{ z }}) ^ 2 / (4 * nullif({{ n }}, 0)::numeric ^ 2)
        )
    ) / (1 + ({{ z }}) ^ 2 / nullif({{ n }}, 0))
{%- endmacro %}
