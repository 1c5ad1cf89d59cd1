{#- The newest row of each key that holds at the instant the figures stand for: a row of a later
    `valid_from` is decided, but not in force yet. -#}
{% macro newest_in_force(seed, key) -%}
    (
        select distinct on (decided.{{ key }}) decided.*
        from {{ seed }} as decided
        where decided.valid_from <= (
            select clock.as_of from {{ source('run', 'clock') }} as clock
        )
        order by decided.{{ key }} asc, decided.valid_from desc
    )
{%- endmacro %}
