{#- Whether there is something published before this run to read: never in a run that looks back, and
    not before a table's first publication. -#}
{% macro has_published(name, source_name='published') -%}
    {%- set published = source(source_name, name) -%}
    {{ return(not own_suffix() and (not execute or load_relation(published) is not none)) }}
{%- endmacro %}
