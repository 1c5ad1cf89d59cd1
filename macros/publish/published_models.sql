{#- The models whose candidates are merged into the published set, in dependency-free name order. -#}
{% macro published_models() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() -%}
        {%- if node.resource_type == 'model' and node.package_name == project_name
            and node.fqn[1] in var('published_folders') -%}
            {%- do found.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | sort(attribute='unique_id')) }}
{%- endmacro %}
