-- noqa: disable=LT02
{%- set z = var('interval_z') %}
{%- set in_force = [var('lookback_sessions') | int, 1] | max %}
{%- set rolling_rule = 'rolling_' ~ var('rolling_days') ~ '_days' %}
with

halves as (

    select * from {{ ref('int_halves_compared') }}

),

verdicts as (

    select * from {{ ref('int_verdicts_tried_by_half') }}

),

tried as (

    select * from {{ ref('fit_accuracy_held_out') }}

),

curve as (

    select * from {{ ref('fit_lookback_curve') }}

),

-- Halves with as many observations as a score needs at least.
half_correlations as (

    select
        count(*) as n,
        corr(first_mean, second_mean) as r,
        corr(raw_first_mean, raw_second_mean) as r_raw
    from halves
    where least(n_first, n_second) >= {{ var('min_rated_sessions') }}

),

half_lengths as (

    select
        n,
        {{ correlations_bounded('r', 'n', 'r_raw', 'n') }}
    from half_correlations

),

-- Two halves of a window: a whole one is the more reliable (Spearman & Brown 1910).
split_half as (

    select
        'stable_skill' as claim,
        n,
        2 * figure / (1 + figure) as figure,
        2 * figure_low / (1 + figure_low) as figure_low,
        2 * figure_high / (1 + figure_high) as figure_high,
        2 * naive_figure / (1 + naive_figure) as naive_figure,
        2 * naive_low / (1 + naive_low) as naive_low,
        2 * naive_high / (1 + naive_high) as naive_high
    from half_lengths
    where figure > -1
        and figure_low > -1
        and naive_low > -1

),

-- Both rules learn from before the split of time, and are tried on the same interviewers after it:
-- on their gap, and on their yes net of whom they met, which leaves nobody out.
lasting as (

    select
        interviewer_id,
        max(accuracy_score_raw) as score,
        max(naive_gap) as naive_gap,
        max(n_yes::numeric / n_mocks - n_passed::numeric / nullif(n_results, 0)) filter (
            where half = 'second' and n_results >= {{ var('min_decided_real') }}
        ) as later_gap,
        max(net_sum / nullif(n_net, 0)) filter (
            where half = 'second' and n_net >= {{ var('min_judged_mocks') }}
        ) as later_net
    from verdicts
    where naive_gap is not null
    group by 1

),

lasting_correlations as (

    {% for claim, later in [
        ('leniency_persists', 'later_gap'), ('leniency_persists_net', 'later_net')
    ] -%}
    select
        '{{ claim }}' as claim,
        count({{ later }}) as n,
        corr(score, {{ later }}) as r,
        corr(naive_gap, {{ later }}) as r_naive
    from lasting
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

leniency as (

    select
        claim,
        n,
        {{ correlations_bounded('r', 'n', 'r_naive', 'n') }}
    from lasting_correlations

),

-- How far forecasts of companies' decisions after the split err.
readiness as (

    select
        'readiness_calibrated' as claim,
        max(n) as n,
        {%- for name, level in [('figure', 'ours'), ('naive', 'mean_verdict_recalibrated')] %}
        {%- for end, sign in [('', ''), ('_low', '-'), ('_high', '+')] %}
        max(estimate {{ sign ~ ' ' ~ z ~ ' * estimate_se' if sign }}) filter (
            where level = '{{ level }}'
        ) as {{ 'naive_figure' if name == 'naive' and not end else name ~ end }}
        {{- ',' if not (loop.last and name == 'naive') }}
        {%- endfor %}
        {%- endfor %}
    from tried
    where measure = 'brier'

),

next_session as (

    select
        'stable_skill_next_session' as claim,
        max(n_tested) as n,
        {%- for ending in ['', '_low', '_high'] %}
        max(estimate{{ ending }}) filter (
            where predictor = 'adjusted' and rule = 'last_{{ in_force }}'
        ) as figure{{ ending }},
        {%- endfor %}
        {%- for ending in ['figure', 'low', 'high'] %}
        {%- set column = 'estimate' if ending == 'figure' else 'estimate_' ~ ending %}
        max({{ column }}) filter (
            where predictor = 'raw' and rule = '{{ rolling_rule }}'
        ) as naive_{{ ending }}{{ ',' if not loop.last }}
        {%- endfor %}
    from curve
    where measure = 'correlation'
        and row_set = 'where_rolling'

),

unioned as (

    {% for name in ['split_half', 'leniency', 'readiness', 'next_session'] -%}
    select * from {{ name }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    claim,
    n,
    {%- for column in [
        'figure', 'figure_low', 'figure_high', 'naive_figure', 'naive_low', 'naive_high'
    ] %}
    round({{ column }}::numeric, 6)::double precision as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from unioned
