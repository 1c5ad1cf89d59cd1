{#- Whether a table may take up where it stands, from what it recorded of its last build. -#}
{% macro can_grow(model_name) %}
    {%- set state = mart_state(model_name) -%}
    {%- if state is none or state['code_version'] != marts_code_version() -%}
        {{ return(false) }}
    {%- elif model_name == 'int_sessions_followed' -%}
        {{ return(not state['is_ahead']) }}
    {%- endif -%}
    {{ return(state['batch'] >= mart_state('int_sessions_followed')['first_batch']) }}
{% endmacro %}
