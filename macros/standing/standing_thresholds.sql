{#- The thresholds that the standing rule reads, each a row of the seed policy_thresholds. -#}
{% macro standing_thresholds() -%}
    {{ return([
        'min_new_evidence', 'watch_prob', 'clear_prob', 'warn_prob', 'warn_evaluations',
        'warn_min_rated', 'visible_days', 'pause_prob', 'pause_evaluations',
        'pause_min_since_warning', 'shortage_ratio', 'shortage_days',
    ]) }}
{%- endmacro %}
