-- noqa: disable=LT02
{%- set in_force = [var('lookback_sessions') | int, 1] | max %}
{%- set longest = [var('longest_lookback') | int, in_force] | max %}
{%- set rolling_rule = 'rolling_' ~ var('rolling_days') ~ '_days' %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

curve as (

    select * from {{ ref('fit_lookback_curve') }}

),

rules as (

    select
        'last_' || lookback as rule,
        lookback,
        'veterans' as row_set,
        lookback as rule_position
    from generate_series(1, {{ longest }}) as series (lookback)

    union all

    select
        listed.rule,
        null::integer as lookback,
        listed.row_set,
        {{ longest }} + listed.rule_position as rule_position
    from (
        values
        {%- for half_life in var('fading_half_lives') %}
        ({{ loop.index }}, 'fading_{{ half_life }}', 'veterans'),
        {%- endfor %}
        (98, 'all_history', 'veterans'),
        -- The old rule is silent about some test rows: it is judged, and compared, where it speaks.
        (99, '{{ rolling_rule }}', 'where_rolling')
    ) as listed (rule_position, rule, row_set)

),

chosen as (

    select
        max(fit_id) as fit_id,
        max(estimate) filter (where measure = 'chosen_window')::integer as lookback,
        max(estimate) filter (where measure = 'persistence') as persistence,
        max(estimate_low) filter (where measure = 'persistence') as persistence_low,
        max(estimate_high) filter (where measure = 'persistence') as persistence_high,
        count(estimate) filter (where measure = 'correlation') > 0 as is_supported
    from curve

),

findings as (

    select
        *,
        case
            when not is_supported
                then
                    'not enough data: too few interviewers with {{ longest }} earlier ratings'
            when lookback is null
                then
                    'no window qualifies: at every length ten more sessions may add .01 or more'
            else
                'the smallest window after which ten more sessions add less than .01 of correlation'
                || ' (upper end of the paired 90 % interval): ' || lookback || ' sessions'
        end as chosen_by,
        case
            when persistence is null
                then 'not enough data to tell reliability from drift'
            else
                'a rating {{ in_force }} sessions older says '
                || to_char(100 * persistence, 'FM990') || ' % ('
                || to_char(100 * persistence_low, 'FM990') || ' to '
                || to_char(100 * persistence_high, 'FM990') || ' %) of what a fresh one says: '
                || case
                    when persistence_high >= 1
                        then 'no drift is told apart, the mean has become reliable'
                    else 'interviewers drift, which is part of why the curve flattens'
                end
        end as finding
    from chosen

),

coverage as (

    select
        max(estimate) filter (where rule = '{{ rolling_rule }}') as rolling_share,
        max(estimate) filter (where rule = 'last_{{ in_force }}') as sessions_share
    from curve
    where measure = 'coverage'

)

select
    rules.rule,
    findings.fit_id,
    findings.chosen_by,
    findings.finding,
    rules.rule_position,
    rules.lookback,
    coalesce(correlation.n_tested, 0)::integer as n_tested,
    round(
        case when rules.rule = '{{ rolling_rule }}' then coverage.rolling_share
        else coverage.sessions_share end::numeric, 3
    )::numeric(4, 3) as coverage,
    {%- for figure in ['correlation', 'gain', 'difference', 'adjusted'] %}
    {%- set name = 'adjusted_correlation' if figure == 'adjusted' else figure %}
    round({{ figure }}.estimate::numeric, 4)::numeric(5, 4) as {{ name }},
    round({{ figure }}.estimate_low::numeric, 4)::numeric(5, 4) as {{ name }}_low,
    round({{ figure }}.estimate_high::numeric, 4)::numeric(5, 4) as {{ name }}_high,
    {%- endfor %}
    coalesce(rules.lookback = findings.lookback, false) as is_chosen,
    coalesce(rules.lookback = {{ var('lookback_sessions') }}, false) as is_in_force,
    findings.is_supported,
    clock.as_of
from rules
cross join clock
cross join findings
cross join coverage
{%- for figure, measure, predictor in [
    ('correlation', 'correlation', 'raw'), ('gain', 'gain', 'raw'),
    ('difference', 'difference', 'raw'), ('adjusted', 'correlation', 'adjusted'),
] %}
left join curve as {{ figure }}
    on rules.rule = {{ figure }}.rule
        and rules.row_set = {{ figure }}.row_set
        and {{ figure }}.measure = '{{ measure }}'
        and {{ figure }}.predictor = '{{ predictor }}'
{%- endfor %}
