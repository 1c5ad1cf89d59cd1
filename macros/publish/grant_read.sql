{#- Lets a group role read a relation, schema usage included (dbt's own grants leave that out).
    An owner who may not create roles has none: then there is nobody to grant to. -#}
{% macro grant_read(relation, role) -%}
    do $grant$
    begin
        if exists (select 1 from pg_catalog.pg_roles where rolname = '{{ role }}') then
            grant usage on schema {{ adapter.quote(relation.schema) }} to {{ role }};
            grant select on {{ relation }} to {{ role }};
        end if;
    end
    $grant$
{%- endmacro %}
