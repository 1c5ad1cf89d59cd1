-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{{ config(indexes=[{'columns': ['session_id'], 'unique': true}]) }}
{% set factors = experience_factors() %}
with

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}

),

weights as (

    select
        coalesce(max(fit_id), 'default') as fit_id,
        {%- for factor in factors %}
        coalesce(max(weight) filter (where factor = '{{ factor }}'), 0)::numeric
            as {{ factor }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fit_experience_weights') }}

),

-- An unanswered question leaves its weight to the answered ones, so that a session's figure
-- stays on the rating scale and means of sessions add up.
weighed as (

    select
        ratings.session_id,
        ratings.interviewer_id,
        weights.fit_id,
        (
            0
            {%- for factor in factors %}
            + coalesce(ratings.{{ factor }}, 0) * weights.{{ factor }}_weight
            {%- endfor %}
        ) / nullif(
            0
            {%- for factor in factors %}
            + case when ratings.{{ factor }} is not null then weights.{{ factor }}_weight else 0 end
            {%- endfor %},
            0
        ) as weighted_rating,
        ratings.leniency_part + ratings.halo_part as kindness,
        ratings.trend_part,
        ratings.session_end_at,
        case when ratings.is_released then ratings.released_at end as released_at
    from ratings
    cross join weights

)

-- The trend is left in: whether the platform as a whole got better is the very question.
select
    session_id,
    interviewer_id,
    fit_id,
    round(weighted_rating - kindness, 6)::numeric(9, 6) as platform_rating,
    trend_part,
    session_end_at,
    released_at
from weighed
where weighted_rating is not null
