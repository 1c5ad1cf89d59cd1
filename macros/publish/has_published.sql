{#- Whether there is something published before this run to read: not before a table's first
    publication, and in a run that looks back only where the reader leaves out what came later. -#}
{% macro has_published(name, source_name='published', in_look_back=false) -%}
    {%- set published = source(source_name, name) -%}
    {%- set is_readable = in_look_back or not own_suffix() -%}
    {{ return(is_readable and (not execute or load_relation(published) is not none)) }}
{%- endmacro %}
