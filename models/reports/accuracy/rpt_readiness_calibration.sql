-- noqa: disable=LT02
{%- set z = var('interval_z') %}
{%- set rules = [('ours', ''), ('mean_verdict', 'naive_')] %}
{%- set rivals = ['ours', 'mean_verdict', 'mean_verdict_recalibrated', 'base_rate'] %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

tried as (

    select * from {{ ref('fit_accuracy_held_out') }}

),

bins as (

    select
        (position::numeric / {{ var('reliability_bins') }})::numeric(4, 3) as forecast_from,
        ((position + 1)::numeric / {{ var('reliability_bins') }})::numeric(4, 3) as forecast_to
    from generate_series(0, {{ var('reliability_bins') }} - 1) as series (position)

),

-- Each rule's forecasts in its own bins, and what came of them.
binned as (

    select
        split_part(measure, '_observed', 1) as rule,
        level::numeric as forecast_from,
        n,
        estimate::numeric as pass_rate
    from tried
    where measure in ('ours_observed', 'mean_verdict_observed')

),

forecasts as (

    select
        split_part(measure, '_forecast', 1) as rule,
        level::numeric as forecast_from,
        estimate::numeric as forecast_mean
    from tried
    where measure in ('ours_forecast', 'mean_verdict_forecast')

),

bounded as (

    select
        binned.rule,
        binned.forecast_from,
        binned.n,
        forecasts.forecast_mean,
        case when binned.n >= {{ var('min_decided_real') }} then binned.pass_rate end
            as pass_rate,
        case
            when binned.n >= {{ var('min_decided_real') }}
                then {{ wilson_bound('binned.pass_rate', 'binned.n', 'lower') }}
        end as pass_low,
        case
            when binned.n >= {{ var('min_decided_real') }}
                then {{ wilson_bound('binned.pass_rate', 'binned.n', 'upper') }}
        end as pass_high
    from binned
    left join forecasts
        on binned.rule = forecasts.rule
            and binned.forecast_from = forecasts.forecast_from

),

-- One row, also where nothing could be tried.
summarised as (

    select
        {%- for rival in rivals %}
        max(estimate) filter (where measure = 'brier' and level = '{{ rival }}')
            as {{ rival }}_brier,
        {%- endfor %}
        {%- for end, sign in [('', ''), ('_low', '-'), ('_high', '+')] %}
        {%- set value = 'estimate' ~ (' ' ~ sign ~ ' ' ~ z ~ ' * estimate_se' if sign else '') %}
        max({{ value }}) filter (
            where measure = 'brier_gain' and level = 'mean_verdict_recalibrated'
        ) as gain{{ end }},
        {%- for part in ['slope', 'intercept'] %}
        max({{ value }}) filter (where measure = 'calibration' and level = '{{ part }}')
            as {{ part }}{{ end }},
        {%- endfor %}
        {%- endfor %}
        max(n) filter (where measure = 'brier' and level = 'ours') as n_tried
    from tried

),

judged as (

    select
        *,
        coalesce(gain_low > 0, false) as is_supported,
        case
            when n_tried is null
                then
                    'not enough data: {{ var("min_tried_decisions") }} decisions on candidates with'
                    || ' a mock before are needed on either side of the split'
            else
                case
                    when gain_low > 0 then 'supported: readiness errs less'
                    when gain_high < 0 then 'contradicted: readiness errs more'
                    else 'the data do not show that readiness errs less'
                end
                || ' than the share of yes verdicts put on the right scale (Brier score '
                || to_char(ours_brier, 'FM0.000') || ' against '
                || to_char(mean_verdict_recalibrated_brier, 'FM0.000') || ', '
                || to_char(gain, 'FM0.000') || ' less, ' || to_char(gain_low, 'FM0.000') || ' to '
                || to_char(gain_high, 'FM0.000') || '). '
                || case
                    when slope is null then 'How far its forecasts can be taken cannot be told'
                    when
                        1 between slope_low and slope_high
                        and 0 between intercept_low and intercept_high
                        then 'Its forecasts can be taken as they are'
                    when slope_high < 1 then 'Its forecasts are too sure: too far from one half'
                    when slope_low > 1 then 'Its forecasts are too careful: too near one half'
                    when intercept > 0 then 'More pass than it says'
                    else 'Fewer pass than it says'
                end
                || coalesce(
                    ' (slope ' || to_char(slope, 'FM0.00') || ', ' || to_char(slope_low, 'FM0.00')
                    || ' to ' || to_char(slope_high, 'FM0.00') || '; 1 is right)',
                    ''
                )
        end as finding
    from summarised

)

select
    bins.forecast_from,
    bins.forecast_to,
    judged.finding,
    {%- for rule, prefix in rules %}
    coalesce({{ rule }}.n, 0)::integer as {{ prefix }}n_decisions,
    {%- for figure in ['forecast_mean', 'pass_rate', 'pass_low', 'pass_high'] %}
    round({{ rule }}.{{ figure }}, 3)::numeric(4, 3) as {{ prefix }}{{ figure }},
    {%- endfor %}
    {%- endfor %}
    round(judged.ours_brier::numeric, 4)::numeric(5, 4) as brier,
    round(judged.mean_verdict_brier::numeric, 4)::numeric(5, 4) as naive_brier,
    round(judged.mean_verdict_recalibrated_brier::numeric, 4)::numeric(5, 4)
        as naive_recalibrated_brier,
    round(judged.base_rate_brier::numeric, 4)::numeric(5, 4) as base_rate_brier,
    {%- for end in ['', '_low', '_high'] %}
    round(judged.gain{{ end }}::numeric, 4)::numeric(5, 4) as brier_gain{{ end }},
    {%- endfor %}
    {%- for part in ['slope', 'intercept'] %}
    {%- for end in ['', '_low', '_high'] %}
    round(judged.{{ part }}{{ end }}::numeric, 3)::numeric(9, 3) as calibration_{{ part }}{{ end }},
    {%- endfor %}
    {%- endfor %}
    judged.is_supported,
    (select max(tried.fit_id) from tried) as fit_id,
    clock.as_of
from bins
cross join judged
cross join clock
{%- for rule, _ in rules %}
left join bounded as {{ rule }}
    on {{ rule }}.rule = '{{ rule }}'
        and bins.forecast_from = {{ rule }}.forecast_from
{%- endfor %}
