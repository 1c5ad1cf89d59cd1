{#- Query: the newest weekly evaluations of a history, each person's in order, with the thresholds that
    held on that Monday and those of the preview laid over them. -#}
{% macro replayed_evaluations(history, overrides) -%}
    with

    newest as (

        select max(week_date) as week_date
        from {{ history }}

    ),

    weeks as (

        select distinct
            history.week_date,
            history.week_date::timestamp at time zone 'UTC' as week_start_at
        from {{ history }} as history
        cross join newest
        where history.week_date > newest.week_date - 7 * {{ var('preview_weeks') }}

    ),

    thresholds as (

        select
            {%- for threshold in standing_thresholds() %}
            {%- if threshold in overrides %}
            {{ overrides[threshold] }}::double precision as {{ threshold }},
            {%- else %}
            max(value) filter (where threshold = '{{ threshold }}') as {{ threshold }},
            {%- endif %}
            {%- endfor %}
            week_date,
            week_date::timestamp at time zone 'UTC' as week_start_at
        from {{ thresholds_at('weeks', 'week_date', 'seeds.policy_thresholds') }}
            as in_force
        group by week_date

    ),

    -- One week more: what was known when the recommendation of the week before was made.
    told as (

        select
            history.*,
            lag(history.n_rated) over by_week as n_rated_before,
            lag(history.n_mocks) over by_week as n_mocks_before
        from {{ history }} as history
        cross join newest
        where history.week_date >= newest.week_date - 7 * {{ var('preview_weeks') }}
        window by_week as (partition by history.interviewer_id order by history.week_date)

    )

    select
        told.interviewer_id,
        row_number() over (partition by told.interviewer_id order by told.week_date) as step,
        thresholds.*,
        {%- for kind in ['rated', 'mocks'] %}
        told.n_{{ kind }},
        coalesce(told.n_{{ kind }}_before, 0) as n_{{ kind }}_before,
        told.n_{{ kind }}_decided as n_{{ kind }}_decided_then,
        {%- endfor %}
        told.quality_estimate is not null as has_score_rated,
        told.prob_too_strict is not null as has_score_mocks,
        told.prob_below_line,
        told.prob_too_strict,
        told.prob_too_lenient,
        told.is_short,
        told.decision as decision_then,
        told.decided_at as decided_then_at,
        told.has_reached_out
    from told
    inner join thresholds
        on told.week_date = thresholds.week_date
{%- endmacro %}
