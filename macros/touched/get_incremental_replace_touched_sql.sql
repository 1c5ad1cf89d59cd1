{#- dbt's incremental strategy of the tables that grow: every touched session's row goes, whether or
    not a new one takes its place (a rating can be withdrawn), and the new ones come in. -#}
{% macro get_incremental_replace_touched_sql(arg_dict) %}
    {%- set goal = arg_dict['target_relation'] -%}
    {%- set fresh = arg_dict['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ goal }} as stored
    using (
        {%- if this.name == 'int_sessions_followed' %}
        select fresh.session_id from {{ fresh }} as fresh
        {%- else %}
        select session_id from {{ touched_sessions(ref('int_sessions_followed')) }} as touched
        {%- endif %}
    ) as gone
    where stored.session_id = gone.session_id;

    insert into {{ goal }} ({{ columns }})
    select {{ columns }} from {{ fresh }}
{% endmacro %}
