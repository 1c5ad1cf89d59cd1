{#- Publishes the candidate set: every table of it, in one transaction, so that no reader ever sees a
    mix of two runs. Called by `dbt run-operation publish_candidate_set` after the published gate. -#}
{% macro publish_candidate_set() -%}
    {%- if own_suffix() -%}
        {%- do exceptions.raise_compiler_error('a run in schemas of its own publishes nothing') -%}
    {%- endif -%}
    {%- set merges = [] -%}
    {%- set counts = [] -%}
    {%- for node in published_models() -%}
        {%- do merges.append(merge_difference(node)) -%}
        {%- do counts.append(
            "'" ~ node.fqn[1] ~ '.' ~ node.alias ~ "', (select count(*) from "
            ~ node.schema ~ '.' ~ node.alias ~ ')'
        ) -%}
    {%- endfor -%}
    {%- set publication -%}
        begin;
        {{ merges | join('\n') }}
        insert into run.publications (as_of, counts)
        select clock.as_of, jsonb_build_object({{ counts | join(', ') }})
        from run.clock as clock;
        commit;
    {%- endset -%}
    {%- do run_query(publication) -%}
    {%- do log('published ' ~ merges | length ~ ' tables as one set', info=true) -%}
{%- endmacro %}
