{#- One end of the published interval for a share, by Wilson's score, which stays within 0 and 1.
    Numeric, so that it rounds the same everywhere. Source: Wilson 1927, JASA 22. -#}
{% macro wilson_bound(share, n, end) -%}
    {%- set z = var('interval_z') -%}
    (
        {{ share }} + {{ z }} ^ 2 / (2 * nullif({{ n }}, 0))
        {{ '-' if end == 'lower' else '+' }} {{ z }} * sqrt(
            {{ share }} * (1 - {{ share }}) / nullif({{ n }}, 0)
            + {{ z }} ^ 2 / (4 * nullif({{ n }}, 0)::numeric ^ 2)
        )
    ) / (1 + {{ z }} ^ 2 / nullif({{ n }}, 0))
{%- endmacro %}
