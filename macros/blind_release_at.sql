{#- When the other side may see a side's form; null without the form. least() passes over nulls: a
    form that never came does not hold the other back for longer than the blind period. -#}
{% macro blind_release_at(side, other_side) -%}
    case
        when {{ side }}_submitted_at is not null
            then greatest(
                {{ side }}_submitted_at,
                least(
                    {{ other_side }}_submitted_at,
                    {{ days_after('session_end_at', var('blind_release_days')) }}
                )
            )
    end
{%- endmacro %}
