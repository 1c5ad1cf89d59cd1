{#- One weekly evaluation of the standing rule: the select list and the joins that take `before` (the
    state a week ago) and `seen` (what is known now) to the state now. The same machine as
    python_models/policy/standing_rule.py, for three tracks at once; only decisions begin or end a
    warning and a pause. -#}
{% macro standing_step() -%}
    {%- set tracks = standing_tracks() %}
    seen.interviewer_id,
    seen.step,
    followed.standing,
    case
        when followed.standing = before.standing and not decided.is_warning then before.since_at
        when followed.standing = decided.standing and decided.is_decided then seen.decided_at
        else seen.week_start_at
    end as since_at,
    answered.is_answered as is_reached_out,
    recommended.recommended,
    recommended.recommended_for,
    case
        when recommended.recommended is null then null
        when recommended.recommended = before.recommended
            and coalesce(recommended.recommended_for, '') = coalesce(before.recommended_for, '')
            then before.recommended_since
        else seen.week_start_at
    end as recommended_since
    {%- for kind in ['rated', 'mocks'] %},
    counted.visible_since_{{ kind }},
    case when counted.is_{{ kind }} then seen.n_{{ kind }} else basis.n_{{ kind }}_before end
        as n_counted_{{ kind }},
    basis.n_warned_{{ kind }}
    {%- endfor %}
    {%- for track, kind in tracks %},
    followed.counted_{{ track }}::numeric as counted_{{ track }},
    runs.warn_run_{{ track }},
    runs.pause_run_{{ track }},
    followed.standing = 'warned' and basis.is_warned_{{ track }} as is_warned_{{ track }}
    {%- endfor %},
    counted.is_rated or counted.is_mocks as is_counted
{%- endmacro %}
