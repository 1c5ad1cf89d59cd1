-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

windowed as (

    select
        interviewer_id,
        session_id,
        jsonb_strip_nulls(
            jsonb_build_object(
                {%- for factor in factors %}
                '{{ factor }}', {{ factor }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        ) as raw_ratings,
        adjustment,
        released_at
    from {{ ref('int_ratings_windowed') }}

),

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}
    where is_released

),

{% if has_published('experience_sessions_before') -%}
before as (

    select * from {{ source('published', 'experience_sessions_before') }}

),

{% else -%}
-- Nothing was published: every window is compared with an empty one.
before as (

    select
        *,
        null::timestamptz as as_of
    from windowed
    where false

),

{% endif -%}
last_publication as (

    select max(as_of) as as_of
    from before

),

compared as (

    select
        coalesce(windowed.interviewer_id, before.interviewer_id) as interviewer_id,
        coalesce(windowed.session_id, before.session_id) as session_id,
        case
            when before.session_id is null and windowed.released_at > last_publication.as_of
                then 'in'
            when before.session_id is null then 'late'
            when windowed.session_id is not null then 'kept'
            when ratings.session_id is not null then 'aged'
            else 'withdrawn'
        end as fate,
        coalesce(before.raw_ratings <> windowed.raw_ratings, false) as is_answer_changed,
        coalesce(before.adjustment <> windowed.adjustment, false) as is_adjustment_changed,
        before.raw_ratings as raw_before,
        windowed.raw_ratings as raw_after,
        before.adjustment as adjustment_before,
        windowed.adjustment as adjustment_after
    from before
    full join windowed
        on before.interviewer_id = windowed.interviewer_id
            and before.session_id = windowed.session_id
    left join ratings
        on before.session_id = ratings.session_id
            and before.interviewer_id = ratings.interviewer_id
    cross join last_publication

)

select * from compared
