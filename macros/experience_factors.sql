{#- The candidate form's questions, in the form's order, from the seed that people keep. While
    dbt only parses there is no database to ask: the default form stands in. -#}
{% macro experience_factors() -%}
    {%- if not execute or flags.WHICH in ['parse', 'list'] -%}
        {{ return(default_form()) }}
    {%- endif -%}
    {%- set seed = adapter.get_relation(
        database=target.database,
        schema=generate_schema_name('seeds', {'resource_type': 'seed'}) | trim,
        identifier='experience_factors'
    ) -%}
    {%- if seed is none -%}
        {{ return(default_form()) }}
    {%- endif -%}
    {%- set rows = run_query('select factor from ' ~ seed ~ ' order by position, factor') -%}
    {{ return(rows.columns[0].values() | list) }}
{%- endmacro %}
