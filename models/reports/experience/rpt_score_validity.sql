-- noqa: disable=LT02
with

clock as (

    select * from {{ source('run', 'clock') }}

),

claims as (

    select * from {{ ref('validity_claims') }}

),

measured as (

    select * from {{ ref('int_claims_measured') }}

),

tried as (

    select * from {{ ref('fit_accuracy_held_out') }}

),

-- Both forecasts are of the same decisions: their difference is surer than either error.
gains as (

    select
        'readiness_calibrated' as claim,
        fit_id,
        estimate - {{ var('interval_z') }} * estimate_se as gain_low
    from tried
    where measure = 'brier_gain'
        and level = 'mean_verdict_recalibrated'

),

rounded as (

    select
        claims.*,
        coalesce(measured.n, 0)::integer as n,
        {%- for column in [
            'figure', 'figure_low', 'figure_high', 'naive_figure', 'naive_low', 'naive_high'
        ] %}
        round(measured.{{ column }}::numeric, 3)::numeric(9, 3) as {{ column }},
        {%- endfor %}
        gains.fit_id,
        claims.claim in ('recovery', 'readiness_calibrated') as is_lower_better,
        case
            when claims.claim = 'recovery' then measured.figure < measured.naive_figure
            when claims.claim = 'readiness_calibrated' then gains.gain_low > 0
            else measured.figure_low > 0
        end as is_above
    from claims
    left join measured
        on claims.claim = measured.claim
    left join gains
        on claims.claim = gains.claim

)

select
    rounded.claim,
    rounded.statement,
    rounded.unit,
    rounded.naive_rule,
    case
        when rounded.figure is null or rounded.figure_low is null
            then 'not enough data: ' || rounded.needs
        when rounded.is_above then 'supported: ' || rounded.meaning
        when rounded.is_lower_better
            then 'the data do not support it: it is not sure to be less than the naive rule''s'
        when rounded.figure_high < 0 then 'contradicted: the data show the opposite'
        else 'the data do not support it: the interval holds 0'
    end as finding,
    rounded.claim_position,
    rounded.n,
    rounded.figure,
    rounded.figure_low,
    rounded.figure_high,
    rounded.naive_figure,
    rounded.naive_low,
    rounded.naive_high,
    coalesce(rounded.is_above, false) as is_supported,
    rounded.fit_id,
    clock.as_of
from rounded
cross join clock
