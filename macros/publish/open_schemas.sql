{#- Creates the schemas that people read and opens them to their group role. Once, before anything runs:
    two models that did it at the same moment would trip over each other's catalogue row. A look back is for the one who asked for it. -#}
{% macro open_schemas() -%}
    {%- if execute -%}
        {%- set suffix = own_suffix() -%}
        {%- for folder in ['marts'] + var('published_folders') -%}
            {%- set role = 'interviewer_portal' if folder == 'portal' else 'bi_reader' %}
            create schema if not exists {{ folder ~ suffix }};
            {%- if not suffix %}
            do $grant$
            begin
                if exists (select 1 from pg_catalog.pg_roles where rolname = '{{ role }}') then
                    grant usage on schema {{ folder ~ suffix }} to {{ role }};
                end if;
            end
            $grant$;
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
