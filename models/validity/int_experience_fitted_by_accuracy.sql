-- noqa: disable=LT02
{%- set sides = {'strict': 'too_strict', 'lenient': 'too_lenient'} %}
with

paired as (

    select * from {{ ref('int_experience_paired_with_accuracy') }}

),

by_score as (

    select
        rule,
        accuracy_score,
        accuracy_bucket,
        count(*)::numeric as n,
        sum(experience_score) as experience_sum,
        sum(experience_score * experience_score) as squares
    from paired
    group by 1, 2, 3

),

-- One spread within all scores: a score that three interviewers have tells little of its own.
by_bucket as (

    select
        rule,
        sum(n) as n,
        sum(n) - count(*) as n_free,
        sum(squares - experience_sum * experience_sum / n) as within_squares,
        {%- for bucket in ['ok', 'too_strict', 'too_lenient'] %}
        sum(n) filter (where accuracy_bucket = '{{ bucket }}') as {{ bucket }}_n,
        sum(experience_sum) filter (where accuracy_bucket = '{{ bucket }}')
        / sum(n) filter (where accuracy_bucket = '{{ bucket }}') as {{ bucket }}_mean
        {{- ',' if not loop.last }}
        {%- endfor %}
    from by_score
    group by 1

),

spread as (

    select
        *,
        case
            when n_free >= {{ var('min_degrees_of_freedom') }}
                then sqrt(within_squares / n_free)
        end as experience_sd
    from by_bucket

),

powers as (

    select
        rule,
        experience_score as y,
        accuracy_score_raw as x,
        accuracy_score_raw * accuracy_score_raw as q
    from paired

),

moments as (

    select
        rule,
        count(*)::numeric as n,
        min(x) as x_min,
        max(x) as x_max,
        avg(x) as x_mean,
        avg(q) as q_mean,
        avg(y) as y_mean,
        sum(x * x) - sum(x) * sum(x) / count(*) as sxx,
        sum(x * q) - sum(x) * sum(q) / count(*) as sxq,
        sum(q * q) - sum(q) * sum(q) / count(*) as sqq,
        sum(x * y) - sum(x) * sum(y) / count(*) as sxy,
        sum(q * y) - sum(q) * sum(y) / count(*) as sqy
    from powers
    group by 1

),

determined as (

    select
        *,
        nullif(sxx * sqq - sxq ^ 2, 0) as determinant
    from moments
    where n - 3 >= {{ var('min_degrees_of_freedom') }}

),

-- Least squares of experience on the score and its square.
curve as (

    select
        *,
        (sqq * sxy - sxq * sqy) / determinant as slope,
        (sxx * sqy - sxq * sxy) / determinant as curvature,
        {{ var('interval_z') }} ^ 2 * n / ((n - 3) * determinant ^ 2) as scaling
    from determined

),

-- Its errors, whatever the spread at each score. Source: White 1980, Econometrica 48, with
-- n / (n - 3).
missed as (

    select
        powers.rule,
        powers.x - curve.x_mean as dx,
        powers.q - curve.q_mean as dq,
        powers.y - curve.y_mean
        - curve.slope * (powers.x - curve.x_mean)
        - curve.curvature * (powers.q - curve.q_mean) as error
    from powers
    inner join curve
        on powers.rule = curve.rule

),

missed_sums as (

    select
        rule,
        sum(error * error * dx * dx) as mxx,
        sum(error * error * dx * dq) as mxq,
        sum(error * error * dq * dq) as mqq
    from missed
    group by 1

),

-- z ^ 2 times the variances of slope and curvature, and their covariance.
curve_errors as (

    select
        curve.*,
        curve.scaling * (
            curve.sqq ^ 2 * missed_sums.mxx - 2 * curve.sqq * curve.sxq * missed_sums.mxq
            + curve.sxq ^ 2 * missed_sums.mqq
        ) as slope_error,
        curve.scaling * (
            curve.sxq ^ 2 * missed_sums.mxx - 2 * curve.sxx * curve.sxq * missed_sums.mxq
            + curve.sxx ^ 2 * missed_sums.mqq
        ) as curvature_error,
        curve.scaling * (
            (curve.sqq * curve.sxx + curve.sxq ^ 2) * missed_sums.mxq
            - curve.sqq * curve.sxq * missed_sums.mxx - curve.sxq * curve.sxx * missed_sums.mqq
        ) as joint_error
    from curve
    inner join missed_sums
        on curve.rule = missed_sums.rule

),

-- Where the slope, slope + 2 * curvature * score, cannot be told from 0: between the roots of a
-- square equation, if the curve bends down beyond its error. Source: Fieller 1954, JRSS B 16.
slope_zeros as (

    select
        *,
        -slope / nullif(2 * curvature, 0) as peak,
        4 * (curvature ^ 2 - curvature_error) as bend,
        4 * (curvature * slope - joint_error) as tilt,
        slope ^ 2 - slope_error as level
    from curve_errors

),

peaks as (

    select
        *,
        (-tilt - sqrt(greatest(tilt ^ 2 - 4 * bend * level, 0))) / (2 * bend) as peak_low,
        (-tilt + sqrt(greatest(tilt ^ 2 - 4 * bend * level, 0))) / (2 * bend) as peak_high
    from slope_zeros
    where bend > 0
        and curvature < 0
        and peak between x_min and x_max

)

select
    spread.rule,
    spread.n::integer as n_interviewers,
    round(spread.experience_sd, 9)::numeric(18, 9) as experience_sd,
    {%- for side, bucket in sides.items() %}
    round(spread.ok_mean - spread.{{ bucket }}_mean, 9)::numeric(18, 9) as {{ side }}_drop,
    round(
        spread.experience_sd * sqrt(1 / spread.ok_n + 1 / spread.{{ bucket }}_n), 9
    )::numeric(18, 9) as {{ side }}_drop_se,
    {%- endfor %}
    round(
        curve.y_mean - curve.slope * curve.x_mean - curve.curvature * curve.q_mean, 9
    )::numeric(18, 9) as intercept,
    round(curve.slope, 9)::numeric(18, 9) as slope,
    round(curve.curvature, 9)::numeric(18, 9) as curvature,
    round(peaks.peak, 9)::numeric(18, 9) as peak,
    -- What lies beyond the scores seen is not told by them.
    round(greatest(peaks.peak_low, peaks.x_min), 9)::numeric(18, 9) as peak_low,
    round(least(peaks.peak_high, peaks.x_max), 9)::numeric(18, 9) as peak_high
from spread
left join curve
    on spread.rule = curve.rule
left join peaks
    on spread.rule = peaks.rule
