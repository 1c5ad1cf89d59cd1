{#- Lets a group role read a relation. An owner who may not create roles has none: then there is nobody
    to grant to. Usage of the schema is open_schemas' business (dbt's own grants leave it out). -#}
{% macro grant_read(relation, role) -%}
    do $grant$
    begin
        if exists (
            select 1 from pg_catalog.pg_roles
            where rolname = '{{ role }}'
                and not has_table_privilege(rolname, '{{ relation }}', 'select')
        ) then
            grant select on {{ relation }} to {{ role }};
        end if;
    end
    $grant$
{%- endmacro %}
