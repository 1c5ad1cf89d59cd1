{#- Replays the newest weeks under each policy, with decisions as people made them and with each
    recommended warning and pause followed, and says which sessions others would have to hold. Writes
    into one schema of its own; called by `dbt run-operation preview_standings`. -#}
{% macro preview_standings(policies) -%}
    {%- set schema = preview_schema() -%}
    {%- set statements -%}
        begin;
        create schema if not exists {{ schema }};
        drop table if exists {{ schema }}.standings;
        create table {{ schema }}.standings (
            policy text,
            is_followed boolean,
            interviewer_id text,
            week_date date,
            standing text,
            recommended text,
            recommended_for text,
            recommended_since timestamptz,
            is_counted boolean
        );
        {%- for policy in policies %}
        {%- set history = policy.history ~ '.fct_standing_history' %}
        drop table if exists {{ schema }}.evaluations_{{ policy.name }};
        create table {{ schema }}.evaluations_{{ policy.name }} as
        {{ replayed_evaluations(history, policy.thresholds) }};
        create unique index on {{ schema }}.evaluations_{{ policy.name }} (interviewer_id, step);
        analyze {{ schema }}.evaluations_{{ policy.name }};
        {%- for is_followed in [false, true] %}
        insert into {{ schema }}.standings
        {{ replayed_standings(policy.name, history, is_followed) }};
        {%- endfor %}
        {%- endfor %}
        create unique index on {{ schema }}.standings (policy, is_followed, interviewer_id, week_date);
        analyze {{ schema }}.standings;
        {{ sessions_to_cover() }}
        commit;
    {%- endset -%}
    {%- do run_query(statements) -%}
{%- endmacro %}
