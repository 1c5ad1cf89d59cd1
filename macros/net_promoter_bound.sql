{#- One end of the published interval for a net promoter score, -100 to 100: Wald's after three made-up
    answers (3/4 promoters, 3/2 passives, 3/4 detractors), so that a few equal answers do not look
    certain. It always holds the score itself. Source: Rocks 2016, The American Statistician 70. -#}
{% macro net_promoter_bound(n, n_promoters, n_detractors, end) -%}
    {%- set net = '(' ~ n_promoters ~ ' - ' ~ n_detractors ~ ')::numeric' -%}
    100 * {{ 'greatest(-1, least(' if end == 'lower' else 'least(1, greatest(' }}
        {{ net }} / nullif({{ n }}, 0),
        {{ net }} / ({{ n }} + 3) {{ '-' if end == 'lower' else '+' }} {{ var('interval_z') }} * sqrt(
            (
                ({{ n_promoters }} + {{ n_detractors }} + 1.5) / ({{ n }} + 3)
                - ({{ net }} / ({{ n }} + 3)) ^ 2
            ) / ({{ n }} + 3)
        )
    ))
{%- endmacro %}
