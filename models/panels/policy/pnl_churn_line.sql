-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

expected as (

    select * from {{ ref('int_leaving_expected') }}

),

past_ratings as (

    select * from {{ ref('int_past_ratings_averaged') }}
    where n_past >= {{ var('min_rated_sessions') }}

),

scale as (

    select * from {{ ref('int_quality_scale_read') }}

),

thresholds as (

    select * from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as in_force

),

margin as (

    select max(value) as acceptable_margin
    from thresholds
    where threshold = 'acceptable_churn_margin'

),

-- The past as the score weighs it, and the share of it that is the interviewer's own: the rest
-- is noise, and drift since the older forms. Where nothing tells ratings apart there is no share.
weighed as (

    select
        expected.session_id,
        expected.interviewer_id,
        expected.leave_prob,
        expected.has_left,
        scale.mean_quality,
        0
        {%- for factor in factors %}
        + case
            when scale.{{ factor }}_weight > 0
                then scale.{{ factor }}_weight * past_ratings.{{ factor }}_past_mean
            else 0
        end
        {%- endfor %} as past_score,
        scale.interviewer_variance / nullif(
            scale.interviewer_variance
            + scale.adjusted_variance / past_ratings.n_past
            + scale.drift_variance * past_ratings.past_drift_weeks,
            0
        ) as own_share
    from expected
    inner join past_ratings
        on expected.session_id = past_ratings.session_id
    cross join scale

)

select
    weighed.session_id,
    weighed.interviewer_id,
    (
        weighed.mean_quality
        + (weighed.past_score - weighed.mean_quality) * weighed.own_share
    )::numeric(9, 6) as past_quality,
    weighed.leave_prob,
    margin.acceptable_margin,
    weighed.has_left
from weighed
cross join margin
where weighed.past_score is not null
    and weighed.own_share is not null
