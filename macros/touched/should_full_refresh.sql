{#- dbt's own question, answered for the marts that grow: a table made by other code, with other
    settings, or for a later instant than this one is made anew, whoever types `dbt build`. -#}
{% macro should_full_refresh() %}
    {%- set asked = config.get('full_refresh') -%}
    {%- set asked = flags.FULL_REFRESH if asked is none else asked -%}
    {%- if asked or config.get('materialized') != 'incremental' -%}
        {{ return(asked) }}
    {%- endif -%}
    {{ return(not can_grow(this.name)) }}
{% endmacro %}
