-- noqa: disable=LT02
{%- set step = var('bar_step') %}
{%- set highest = '(ceil(1.0 / ' ~ step ~ ') - 1)' %}
with

readiness as (

    select * from {{ ref('fct_candidate_readiness') }}

),

foretold as (

    select * from {{ ref('int_real_results_foretold') }}

),

bars as (

    select
        bar_position,
        (bar_position * {{ step }})::numeric(4, 3) as bar
    from generate_series(0, {{ highest }}::integer) as series (bar_position)

),

-- Each candidate and each real interview counts at the highest bar that it reaches: by the
-- probability of passing, and by what a plain share of yes verdicts would have said.
reached as (

    {%- for rule, of_now, of_then in [
        ('pass_prob', 'pass_prob', 'pass_prob'), ('naive', 'mock_yes_rate', 'earlier_yes_rate'),
    ] %}
    select
        '{{ rule }}' as rule,
        least(floor({{ of_now }} / {{ step }}), {{ highest }})::integer as bar_position,
        1 as n_candidates,
        pass_prob as n_good,
        0 as n_held,
        0 as n_passed
    from readiness
    where is_published

    union all

    select
        '{{ rule }}' as rule,
        least(floor(round({{ of_then }}::numeric, 3) / {{ step }}), {{ highest }})::integer
            as bar_position,
        0 as n_candidates,
        0 as n_good,
        1 as n_held,
        has_passed::integer as n_passed
    from foretold
    where pass_prob is not null
    {{- ' union all' if not loop.last }}
    {%- endfor %}

),

summed as (

    select
        rule,
        bar_position,
        sum(n_candidates) as n_candidates,
        sum(n_good) as n_good,
        sum(n_held) as n_held,
        sum(n_passed) as n_passed
    from reached
    group by 1, 2

),

rules as (

    select rule
    from (values ('pass_prob'), ('naive')) as listed (rule)

),

swept as (

    select
        rules.rule,
        bars.bar_position,
        bars.bar,
        {%- for count in ['candidates', 'good', 'held', 'passed'] %}
        coalesce(
            sum(summed.n_{{ count }}) filter (where summed.bar_position >= bars.bar_position), 0
        ) as n_{{ count }},
        {%- endfor %}
        coalesce(sum(summed.n_candidates), 0) as n_candidates_in_all,
        coalesce(sum(summed.n_good), 0) as n_good_in_all
    from bars
    cross join rules
    left join summed
        on rules.rule = summed.rule
    group by 1, 2, 3

),

rates as (

    select
        *,
        n_good / nullif(n_candidates, 0) as expected_rate,
        n_passed::numeric / nullif(n_held, 0) as observed_rate,
        1 - n_good / nullif(n_good_in_all, 0) as kept_out_share
    from swept

),

bounded as (

    select
        *,
        {{ wilson_bound('observed_rate', 'n_held', 'lower') }} as observed_low,
        {{ wilson_bound('observed_rate', 'n_held', 'upper') }} as observed_high
    from rates

),

-- What this bar costs beyond the one below it, for each point of pass-through that it gains.
priced as (

    select
        bounded.*,
        (below.n_candidates - bounded.n_candidates)
        / nullif(100 * greatest(bounded.expected_rate - below.expected_rate, 0), 0)
            as passed_over_per_point,
        (below.n_good - bounded.n_good)
        / nullif(100 * greatest(bounded.expected_rate - below.expected_rate, 0), 0)
            as good_passed_over_per_point
    from bounded
    left join bounded as below
        on bounded.rule = below.rule
            and bounded.bar_position = below.bar_position + 1

)

select
    rule,
    bar_position,
    bar,
    n_candidates,
    n_candidates_in_all,
    n_held,
    {%- for rate in [
        'expected_rate', 'observed_rate', 'observed_low', 'observed_high', 'kept_out_share',
    ] %}
    {{ rate }}::numeric(7, 6) as {{ rate }},
    {%- endfor %}
    passed_over_per_point::numeric(12, 3) as passed_over_per_point,
    good_passed_over_per_point::numeric(12, 3) as good_passed_over_per_point
from priced
