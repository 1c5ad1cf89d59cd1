{#- The state that one weekly evaluation hands to the next: name, type, and what it begins with. -#}
{% macro standing_state() -%}
    {%- set columns = [
        ['standing', 'text', "'new'"],
        ['since_at', 'timestamptz', 'interviewers.joined_at'],
        ['is_reached_out', 'boolean', 'false'],
        ['recommended', 'text', 'null'],
        ['recommended_for', 'text', 'null'],
        ['recommended_since', 'timestamptz', 'null'],
    ] -%}
    {%- for kind in ['rated', 'mocks'] -%}
        {%- do columns.append(['visible_since_' ~ kind, 'timestamptz', 'null']) -%}
        {%- do columns.append(['n_counted_' ~ kind, 'integer', '0']) -%}
        {%- do columns.append(['n_warned_' ~ kind, 'integer', '0']) -%}
    {%- endfor -%}
    {%- for track, kind in standing_tracks() -%}
        {%- do columns.append(['counted_' ~ track, 'numeric', 'null']) -%}
        {%- do columns.append(['warn_run_' ~ track, 'integer', '0']) -%}
        {%- do columns.append(['pause_run_' ~ track, 'integer', '0']) -%}
        {%- do columns.append(['is_warned_' ~ track, 'boolean', 'false']) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
