{#- The grain of a published model, as its contract states it. -#}
{% macro primary_key_columns(node) -%}
    {%- for constraint in node.constraints -%}
        {%- if constraint.type == 'primary_key' -%}
            {{ return(constraint.columns) }}
        {%- endif -%}
    {%- endfor -%}
    {%- do exceptions.raise_compiler_error(
        node.name ~ ' is published but its contract has no primary_key constraint: publishing merges by it'
    ) -%}
{%- endmacro %}
