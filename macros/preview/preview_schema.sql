{#- The schema that previews are written into: nobody else's, and no folder of models. -#}
{% macro preview_schema() -%}
    preview
{%- endmacro %}
