-- noqa: disable=LT02
{#- Whole ten-thousandths of a rating point: integers add up exactly, and fast. -#}
{%- set unit = 10000 %}
{%- set in_force = [var('lookback_sessions') | int, 1] | max %}
{%- set longest = [var('longest_lookback') | int, in_force] | max %}
{%- set half_lives = var('fading_half_lives') %}
{%- set rolling_rule = 'rolling_' ~ var('rolling_days') ~ '_days' %}
{%- set adjusted_windows = [[10, longest] | min, in_force, longest] | unique | list %}
{#- Each rule: predictor, name, its length in sessions or days, and its mean over the past. -#}
{%- set rules = [] %}
{%- for k in range(1, longest + 1) %}
{%- do rules.append(['raw', 'last_' ~ k, k, 'raw_last_' ~ k ~ ' / ' ~ k]) %}
{%- endfor %}
{%- for half_life in half_lives %}
{%- do rules.append(['raw', 'fading_' ~ half_life, half_life, 'raw_fading_' ~ half_life]) %}
{%- endfor %}
{%- for k in adjusted_windows %}
{%- do rules.append(['adjusted', 'last_' ~ k, k, 'adjusted_last_' ~ k ~ ' / ' ~ k]) %}
{%- endfor %}
{%- for predictor in ['raw', 'adjusted'] %}
{%- do rules.append([predictor, 'all_history', none, predictor ~ '_total / n_earlier']) %}
{%- do rules.append([
    predictor, rolling_rule, var('rolling_days'), predictor ~ '_rolling / n_rolling'
]) %}
{%- endfor %}
with

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}

),

scaled as (

    select
        interviewer_id,
        session_id,
        submitted_at,
        round({{ unit }} * rating_sum::numeric / n_items)::bigint as rating,
        round({{ unit }} * (rating_sum::numeric / n_items - adjustment_then))::bigint as adjusted
    from ratings

),

-- Sums over the interviewer's forms that had come in before this one.
running as (

    select
        interviewer_id,
        session_id,
        submitted_at,
        rating,
        row_number() over forms_so_far - 1 as n_earlier,
        (sum(rating) over forms_so_far)::bigint - rating as raw_total,
        (sum(adjusted) over forms_so_far)::bigint - adjusted as adjusted_total,
        count(*) over rolling_days as n_rolling,
        (sum(rating) over rolling_days)::bigint as raw_rolling,
        (sum(adjusted) over rolling_days)::bigint as adjusted_rolling
    from scaled
    window
        forms_so_far as (
            partition by interviewer_id
            order by submitted_at, session_id
            rows between unbounded preceding and current row
        ),
        rolling_days as (
            partition by interviewer_id
            order by submitted_at
            {{ within_days_before(var('rolling_days')) }}
        )

),

-- The sum of the last k is a difference of two running sums: one pass, whatever the number of k.
lagged as (

    select
        *,
        {%- for k in range(1, longest + 1) %}
        raw_total - lag(raw_total, {{ k }}) over forms as raw_last_{{ k }},
        {%- endfor %}
        {%- for k in adjusted_windows %}
        adjusted_total - lag(adjusted_total, {{ k }}) over forms as adjusted_last_{{ k }},
        {%- endfor %}
        {{ hash_bucket('interviewer_id', var('curve_groups')) }} as cluster
    from running
    window forms as (partition by interviewer_id order by submitted_at, session_id)

),

-- The same test rows for every rule: whoever has fewer ratings behind them than the longest
-- window is no test of it. Fading counts the rating j sessions back by a power of j: a sum over
-- the sums of the last j, each with the weight that j has over j + 1.
veterans as (

    select
        *,
        n_rolling >= {{ var('min_rated_sessions') }} as is_rolling_defined
        {%- for half_life in half_lives %}
        {%- set fading = 0.5 ** (1 / [half_life | float, 1] | max) %}
        {%- set total = (1 - fading ** longest) / (1 - fading) %},
        (
            raw_last_{{ longest }} * {{ '%.12f' % (fading ** (longest - 1) / total) }}::float8
            {%- for k in range(1, longest) %}
            + raw_last_{{ k }} * {{ '%.12f' % ((fading ** (k - 1) - fading ** k) / total) }}::float8
            {%- endfor %}
        )::bigint as raw_fading_{{ half_life }}
        {%- endfor %}
    from lagged
    where n_earlier >= {{ longest }}

),

predicted as (

    select
        cluster,
        rating,
        is_rolling_defined
        {%- for predictor, rule, lookback, mean in rules %},
        {% if rule == rolling_rule -%}
        case when is_rolling_defined then {{ mean }} end as {{ predictor }}_{{ rule }}
        {%- else -%}
        {{ mean }} as {{ predictor }}_{{ rule }}
        {%- endif %}
        {%- endfor %}
    from veterans

),

-- Wide first, one row per cluster and set of rows: to spell out a row per rule before adding up
-- would take ten times as long.
summed as (

    select
        predicted.cluster,
        row_sets.row_set,
        count(*) as n,
        sum(predicted.rating) as sum_y,
        sum(predicted.rating * predicted.rating) as sum_yy
        {%- for predictor, rule, lookback, mean in rules %}
        {%- set x = predictor ~ '_' ~ rule %},
        sum({{ x }}) as {{ x }}_x,
        sum({{ x }} * {{ x }}) as {{ x }}_xx,
        sum({{ x }} * rating) as {{ x }}_xy
        {%- endfor %}
    from predicted
    inner join (values ('veterans', true), ('where_rolling', false)) as row_sets (row_set, is_whole)
        on row_sets.is_whole or predicted.is_rolling_defined
    group by 1, 2

),

by_rule as (

    select
        summed.cluster,
        summed.row_set,
        rules.predictor,
        rules.rule,
        rules.lookback,
        summed.n,
        rules.sum_x,
        summed.sum_y,
        rules.sum_xx,
        summed.sum_yy,
        rules.sum_xy
    from summed
    cross join lateral (
        values
        {%- for predictor, rule, lookback, mean in rules %}
        {%- set x = predictor ~ '_' ~ rule %}
        (
            '{{ predictor }}', '{{ rule }}',
            {{ 'null::integer' if lookback is none else lookback }},
            {{ x }}_x, {{ x }}_xx, {{ x }}_xy
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as rules (predictor, rule, lookback, sum_x, sum_xx, sum_xy)
    -- The rolling rule is undefined for some veterans: it is judged where it speaks.
    where (summed.row_set = 'veterans' and rules.rule <> '{{ rolling_rule }}')
        or (
            summed.row_set = 'where_rolling'
            and rules.rule in ('last_{{ in_force }}', 'all_history', '{{ rolling_rule }}')
        )

),

-- What everybody would have had, at the same floor: how many ratings each rule can speak for.
everyone as (

    select
        cluster,
        count(*) filter (where n_earlier >= {{ var('min_rated_sessions') }}) as n_sessions_rule,
        count(*) filter (where n_rolling >= {{ var('min_rated_sessions') }}) as n_rolling_rule,
        count(*) as n_ratings
    from lagged
    group by 1

),

unioned as (

    select * from by_rule

    union all

    select
        everyone.cluster,
        'everyone' as row_set,
        'raw' as predictor,
        covered.rule,
        covered.lookback,
        covered.n,
        null::numeric as sum_x,
        null::numeric as sum_y,
        null::numeric as sum_xx,
        null::numeric as sum_yy,
        null::numeric as sum_xy
    from everyone
    cross join lateral (
        values
        ('last_{{ in_force }}', {{ in_force }}, n_sessions_rule),
        ('{{ rolling_rule }}', {{ var('rolling_days') }}, n_rolling_rule),
        ('any', null, n_ratings)
    ) as covered (rule, lookback, n)

)

select
    cluster,
    row_set,
    predictor,
    rule,
    lookback,
    n,
    (sum_x / {{ unit }})::double precision as sum_x,
    (sum_y / {{ unit }})::double precision as sum_y,
    (sum_xx / {{ unit }} / {{ unit }})::double precision as sum_xx,
    (sum_yy / {{ unit }} / {{ unit }})::double precision as sum_yy,
    (sum_xy / {{ unit }} / {{ unit }})::double precision as sum_xy
from unioned
