{#- The published table that a candidate relation stands for. -#}
{% macro permanent_relation(candidate) -%}
    {{ return(api.Relation.create(
        database=candidate.database,
        schema=candidate.schema | replace('_next', ''),
        identifier=candidate.identifier,
        type='table'
    )) }}
{%- endmacro %}
