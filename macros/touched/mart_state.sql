{#- What a table recorded of its last build, as a dict; none where it was never built. -#}
{% macro mart_state(model_name) %}
    {%- if not execute -%}{{ return(none) }}{%- endif -%}
    {%- set suffix = own_suffix() -%}
    {%- set found = run_query(
        "select code_version, batch, first_batch, load_seq, "
        ~ "as_of > (select clock.as_of from run" ~ suffix ~ ".clock as clock) as is_ahead "
        ~ "from run" ~ suffix ~ ".mart_states where model = '" ~ model_name ~ "'"
    ) -%}
    {{ return(found.rows[0] if found.rows | length else none) }}
{% endmacro %}
