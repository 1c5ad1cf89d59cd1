{#- The lateral joins that standing_step reads, each a step of the rule: what people decided, what
    counts, the standing that follows, evaluations in a row, and what is recommended. -#}
{% macro standing_step_joins() -%}
    {%- set tracks = standing_tracks() %}
    cross join lateral {{ standing_decided('before', 'seen') }} as decided
    -- A decision restarts the counting; until one comes, it goes on from the evaluation before.
    cross join lateral (
        select
            {%- for kind in ['rated', 'mocks'] %}
            -- Excused ratings leave the count: what is new is counted from what is left.
            least(
                case
                    when decided.is_decided then seen.n_{{ kind }}_decided
                    else before.n_counted_{{ kind }}
                end,
                {{ 'seen.n_rated' if kind == 'rated' else 'null' }}
            ) as n_{{ kind }}_before,
            case
                when decided.is_warning then seen.n_{{ kind }}_decided
                else before.n_warned_{{ kind }}
            end as n_warned_{{ kind }},
            {%- endfor %}
            {%- for track, kind in tracks %}
            {%- for act in ['warn', 'pause'] %}
            case when decided.is_decided then 0 else before.{{ act }}_run_{{ track }} end
                as {{ act }}_run_{{ track }},
            {%- endfor %}
            -- A warning is for what it was recommended for; one of people's own accord is for all.
            decided.standing = 'warned'
            and (
                before.is_warned_{{ track }}
                or (
                    decided.is_warning
                    and coalesce(before.recommended_for, '{{ track }}') = '{{ track }}'
                )
            ) as is_warned_{{ track }}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as basis
    -- An evaluation counts only with enough that is new: two looks at the same are one.
    cross join lateral (
        select
            {%- for kind in ['rated', 'mocks'] %}
            coalesce(
                before.visible_since_{{ kind }},
                case when seen.has_score_{{ kind }} then seen.week_start_at end
            ) as visible_since_{{ kind }},
            seen.has_score_{{ kind }}
            and decided.standing <> 'paused'
            and seen.n_{{ kind }} - basis.n_{{ kind }}_before >= seen.min_new_evidence
                as is_{{ kind }}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as counted
    -- Nobody hears of a score first from what it leads to.
    cross join lateral (
        select
            {%- for kind in ['rated', 'mocks'] %}
            coalesce(
                seen.week_start_at - counted.visible_since_{{ kind }}
                >= seen.visible_days * interval '1 day',
                false
            ) as {{ kind }}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as visible
    -- Whoever shows nothing new keeps the last probability.
    cross join lateral (
        select
            {%- for track, kind in tracks %}
            case when counted.is_{{ kind }} then seen.prob_{{ track }} else before.counted_{{ track }} end
                as counted_{{ track }}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as known
    cross join lateral (
        select
            known.*,
            case
                when not (counted.is_rated or counted.is_mocks) then decided.standing
                when greatest(
                    {%- for track, kind in tracks %}
                    coalesce(known.counted_{{ track }}, 0){{ ',' if not loop.last }}
                    {%- endfor %}
                ) <= seen.clear_prob then 'good'
                when decided.standing <> 'warned' and (
                    {%- for track, kind in tracks %}
                    coalesce(counted.is_{{ kind }} and seen.prob_{{ track }} > seen.watch_prob, false)
                    {{- '\n                    or ' if not loop.last }}
                    {%- endfor %}
                ) then 'watch'
                when decided.standing = 'new' then 'good'
                else decided.standing
            end as standing
    ) as followed
    cross join lateral (
        select
            {%- for track, kind in tracks %}
            {%- for act, needs in [['warn', 'true'], ['pause', 'basis.is_warned_' ~ track]] %}
            case
                when not counted.is_{{ kind }} then basis.{{ act }}_run_{{ track }}
                when {{ needs }} and seen.prob_{{ track }} > seen.{{ act }}_prob
                    then 1 + basis.{{ act }}_run_{{ track }}
                else 0
            end as {{ act }}_run_{{ track }}{{ ',' if not loop.last }}
            {%- endfor %}{{ ',' if not loop.last }}
            {%- endfor %}
    ) as runs
    -- Who looked and let it be has answered a recommendation, too: while the watch lasts, and of the
    -- paused until something new is known.
    cross join lateral (
        select case followed.standing
            when 'watch'
                then seen.has_reached_out
                    or decided.is_dismissed
                    or (before.is_reached_out and before.standing = 'watch')
            when 'paused'
                then decided.is_dismissed
                    or (
                        before.is_reached_out
                        and before.standing = 'paused'
                        and seen.n_rated = before.n_counted_rated
                    )
            else false
        end as is_answered
    ) as answered
    cross join lateral (
        select
            {%- for track, kind in tracks %}
            followed.standing = 'warned'
            and basis.is_warned_{{ track }}
            {%- if track == 'too_strict' %}
            -- When capacity is short, the strict are kept.
            and not seen.is_short
            {%- endif %}
            and visible.{{ kind }}
            and runs.pause_run_{{ track }} >= seen.pause_evaluations
            and seen.n_{{ kind }} - basis.n_warned_{{ kind }} >= seen.pause_min_since_warning
                as pause_{{ track }},
            followed.standing <> 'paused'
            and not (followed.standing = 'warned' and basis.is_warned_{{ track }})
            and runs.warn_run_{{ track }} >= seen.warn_evaluations
            and seen.n_{{ kind }} >= seen.warn_min_rated
            and visible.{{ kind }} as warn_{{ track }},
            {%- endfor %}
            -- Who holds no sessions shows nothing new: late, corrected or excused ratings may.
            followed.standing = 'paused'
            and seen.has_score_rated
            and greatest(
                {%- for track, kind in tracks %}
                coalesce(seen.prob_{{ track }}, 0){{ ',' if not loop.last }}
                {%- endfor %}
            ) <= seen.clear_prob
            and not answered.is_answered as reinstate,
            followed.standing = 'watch' and not answered.is_answered as outreach
    ) as may
    cross join lateral (
        select
            case
                {%- for act in ['pause', 'warn'] %}
                {%- for track, kind in tracks %}
                when may.{{ act }}_{{ track }} then '{{ act }}'
                {%- endfor %}
                {%- endfor %}
                when may.reinstate then 'reinstate'
                when may.outreach then 'outreach'
            end as recommended,
            case
                {%- for act in ['pause', 'warn'] %}
                {%- for track, kind in tracks %}
                when may.{{ act }}_{{ track }} then '{{ track }}'
                {%- endfor %}
                {%- endfor %}
            end as recommended_for
    ) as recommended
{%- endmacro %}
