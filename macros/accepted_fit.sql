{#- The rows of the fit in force: the newest accepted one trained no later than `as_of`, and the
    default where none was accepted yet. A refused fit never reaches the scores. -#}
{% macro accepted_fit(stem) -%}
    select fitted_rows.*
    from {{ source('fitted', stem) }} as fitted_rows
    where fitted_rows.fit_id = (
        select registry.fit_id
        from {{ source('fitted', 'fit_registry') }} as registry
        cross join {{ source('run', 'clock') }} as clock
        where registry.model = '{{ stem }}'
            and registry.is_accepted
            and (registry.trained_through is null or registry.trained_through <= clock.as_of)
        order by
            (registry.fit_id = 'default'),
            registry.trained_through desc,
            registry.fitted_at desc,
            registry.fit_id asc
        limit 1
    )
{%- endmacro %}
