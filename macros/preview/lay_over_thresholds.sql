{#- Post-hook of the seed of thresholds: where a policy is tried, its values stand in every dated row.
    The seed that is laid over is the preview's own copy. -#}
{% macro lay_over_thresholds(seed) -%}
    {%- if execute and target.name == 'preview' -%}
        {%- for threshold, value in var('preview_thresholds').items() %}
        update {{ seed }} set value = {{ value }}::double precision where threshold = '{{ threshold }}';
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
