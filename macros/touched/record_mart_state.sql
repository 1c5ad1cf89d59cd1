{#- Post-hook, in the transaction of the build: writes down what the table now stands for. Nothing
    where the table is made whole each time. -#}
{% macro record_mart_state() -%}
    {%- if execute and config.get('materialized') == 'incremental' -%}
        {%- set suffix = own_suffix() -%}
        {%- set run = 'run' ~ suffix -%}
        {%- set is_feed = this.name == 'int_sessions_followed' -%}
        {%- set rebuilt = not is_incremental() -%}
        {%- set batch = next_batch() if is_feed
            else "(select batch from " ~ run ~ ".mart_states where model = 'int_sessions_followed')" %}
        insert into {{ run }}.mart_states as states
            (model, code_version, batch, first_batch, as_of, load_seq)
        select
            '{{ this.name }}', '{{ marts_code_version() }}', {{ batch }}, {{ batch }}, clock.as_of,
            coalesce(
                (select max(load_seq) from run.loads where known_at <= clock.as_of), 0
            )
        from {{ run }}.clock as clock
        on conflict (model) do update set
            code_version = excluded.code_version,
            batch = excluded.batch,
            {%- if rebuilt %}
            first_batch = excluded.first_batch,
            {%- endif %}
            as_of = excluded.as_of,
            load_seq = excluded.load_seq
    {%- endif -%}
{%- endmacro %}
