{#- The sessions touched since the last build of the model at hand, as a subquery. The batch stands
    there as a number: the planner could not guess how few rows an unknown one leaves. -#}
{% macro touched_sessions(followed) -%}
    (
        select touched.session_id
        from {{ followed }} as touched
        where touched.touched_batch > {{ mart_mark(this.name, 'batch') }}
    )
{%- endmacro %}
