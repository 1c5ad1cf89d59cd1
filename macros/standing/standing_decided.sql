{#- Lateral subquery: the standing once people have decided, and whether anybody has. An override or
    an upheld appeal puts a person back among the good; a dismissal leaves the standing. After any
    of these, what was seen before counts for nothing. -#}
{% macro standing_decided(before, seen) -%}
    (
        select
            {{ seen }}.decision is not null as is_decided,
            coalesce({{ seen }}.decision = 'warn', false) as is_warning,
            coalesce({{ seen }}.decision = 'dismiss', false) as is_dismissed,
            case
                when {{ seen }}.decision = 'warn' then 'warned'
                when {{ seen }}.decision = 'pause' then 'paused'
                when {{ seen }}.decision = 'reinstate' then 'watch'
                when {{ seen }}.decision in ('override', 'appeal_upheld') then 'good'
                else {{ before }}.standing
            end as standing
    )
{%- endmacro %}
