{#- Where a table grows: the condition that a session was touched since the table's last build. -#}
{% macro only_touched() -%}
    {%- set followed = ref('int_sessions_followed') -%}
    {%- if is_incremental() -%}
    where session_id in {{ touched_sessions(followed) }}
    {%- endif -%}
{%- endmacro %}
