{#- A folder is its schema. Published folders are built beside the published tables, as the
    candidate set; a run as of an earlier day, or of a policy that is tried, gets schemas of its own and
    publishes nothing. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set folder = custom_schema_name | default(target.schema, true) | trim -%}
    {%- if own_suffix() -%}
        {{ folder }}{{ own_suffix() }}
    {%- elif folder in var('published_folders') and node.resource_type == 'model' -%}
        {{ folder }}_next
    {%- else -%}
        {{ folder }}
    {%- endif -%}
{%- endmacro %}
