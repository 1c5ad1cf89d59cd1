{#- A query for what was published before this run; without a row where nothing was, and always so in
    a run that looks back. -#}
{% macro published_before(name, candidate) -%}
    {% if has_published(name) -%}
    select * from {{ source('published', name) }}
    {%- else -%}
    select * from {{ candidate }}
    where false
    {%- endif %}
{%- endmacro %}
