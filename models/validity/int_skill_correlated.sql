-- noqa: disable=LT02
{%- set in_force = [var('lookback_sessions') | int, 1] | max %}
{%- set rolling_rule = 'rolling_' ~ var('rolling_days') ~ '_days' %}
with

halves as (

    select * from {{ ref('int_halves_compared') }}

),

curve as (

    select * from {{ ref('fit_lookback_curve') }}

),

-- Halves with as many observations as a score needs at least.
known as (

    select
        *,
        least(n_first, n_second) >= {{ var('min_rated_sessions') }} as is_known,
        least(n_raw_first, n_raw_second) >= {{ var('min_rated_sessions') }} as is_raw_known
    from halves

),

half_correlations as (

    select
        quality,
        count(*) filter (where is_known) as n,
        corr(first_mean, second_mean) filter (where is_known) as r,
        count(*) filter (where is_raw_known) as n_raw,
        corr(raw_first_mean, raw_second_mean) filter (where is_raw_known) as r_raw
    from known
    group by 1

),

half_lengths as (

    select
        n,
        {{ correlations_bounded('r', 'n', 'r_raw', 'n_raw') }}
    from half_correlations
    where quality = 'skill'

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

leniency as (

    select
        'leniency_persists' as claim,
        n,
        {{ correlations_bounded('r', 'n', 'r_raw', 'n_raw') }}
    from half_correlations
    where quality = 'leniency'

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

    {% for name in ['split_half', 'leniency', 'next_session'] -%}
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
