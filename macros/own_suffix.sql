{#- Ending of the schemas of a run that stands beside what is published and publishes nothing: one as of
    an earlier day, or of a policy that is tried. Empty for all others. -#}
{% macro own_suffix() -%}
    {{ return('_' ~ target.name if target.name in ['asof', 'preview'] else '') }}
{%- endmacro %}
