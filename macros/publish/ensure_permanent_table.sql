{#- Creates the published table of a candidate, empty, where it is missing, and adds columns that
    the candidate has gained. The table is never dropped: grants, policies, views and open sessions
    hang on it. A removed column or a changed type is a new model version, and is refused here. -#}
{% macro ensure_permanent_table(candidate, reader, row_owner=none) -%}
    {%- if not own_suffix() and execute -%}
        {%- set permanent = permanent_relation(candidate) -%}
        {%- set existing = load_relation(permanent) -%}
        {%- if existing is none -%}
            create table if not exists {{ permanent }} (like {{ candidate }} including all);
        {%- else -%}
            {{ _add_gained_columns(candidate, permanent) }}
        {%- endif %}
        {#- The strongest lock first: autovacuum on the table and a grant would else wait for each other. #}
        {%- if row_owner is not none %}
            {{ _row_level_security(permanent, reader, row_owner) }}
        {%- endif %}
        {{ grant_read(permanent, reader) }};
    {%- endif -%}
{%- endmacro %}


{% macro _add_gained_columns(candidate, permanent) -%}
    {%- set published = {} -%}
    {%- for column in adapter.get_columns_in_relation(permanent) -%}
        {%- do published.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {%- set gained = adapter.get_columns_in_relation(candidate) -%}
    {%- set kept = gained | map(attribute='name') | list -%}
    {%- for name in published if name not in kept -%}
        {%- do exceptions.raise_compiler_error(
            permanent ~ '.' ~ name ~ ' is published but gone from the model; keep it, or make a new model version'
        ) -%}
    {%- endfor -%}
    {%- for column in gained -%}
        {%- if column.name not in published %}
            alter table {{ permanent }} add column {{ adapter.quote(column.name) }} {{ column.data_type }};
        {%- elif published[column.name] != column.data_type -%}
            {%- do exceptions.raise_compiler_error(
                permanent ~ '.' ~ column.name ~ ' is published as ' ~ published[column.name]
                ~ ' but the model makes ' ~ column.data_type ~ '; make a new model version'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
