{#- Lateral subquery: the last rated sessions of an interviewer that were released by an instant. Not
    by way of a CTE, which would hide the index. -#}
{% macro last_released_ratings(interviewer_id, released_by) -%}
    (
        select ratings.*
        from {{ ref('int_ratings_adjusted') }} as ratings
        where ratings.is_released
            and ratings.interviewer_id = {{ interviewer_id }}
            and ratings.released_at <= {{ released_by }}
        order by ratings.session_end_at desc, ratings.session_id desc
        limit {{ var('lookback_sessions') }}
    )
{%- endmacro %}
