{#- How old the newest row of each stale source is: dbt's own lines say only that it is stale. Ages are by the wall clock, because
    the question is whether a platform still hands over; neither `run.clock` nor AS_OF bends them. -#}
{% macro tell_freshness(results) -%}
    {%- if execute and flags.WHICH == 'freshness' -%}
        {%- for result in results if result.max_loaded_at is defined and result.status != 'pass' -%}
            {%- set limit = result.node.freshness.warn_after -%}
            {#- dbt puts a table without rows into the year 1. -#}
            {%- set found = 'no rows yet' if result.max_loaded_at.year == 1 else
                'newest row of %s, %d days old' % (result.max_loaded_at.date(), result.age // 86400) -%}
            {%- do log('%s.%s: %s; warns after %d %ss' % (
                result.node.source_name, result.node.name, found, limit.count, limit.period.value), info=true) -%}
            {%- if loop.last -%}
                {%- do log('Ages are by the wall clock: a simulated platform, whose last day stays where it is, always warns.', info=true) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
