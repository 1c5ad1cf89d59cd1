-- depends_on: {{ ref('experience_factors') }}
{{ config(indexes=[{'columns': ['interviewer_id', 'session_end_at', 'session_id']}]) }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

ratings as (

    select * from {{ ref('int_ratings_submitted') }}
    where not is_excused

),

judged as (

    select * from {{ ref('int_sessions_judged') }}

),

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

),

interviewer_effects as (

    select
        level as interviewer_id,
        value as effect
    from {{ ref('fit_rating_components') }}
    where component = 'interviewer'

),

-- What the verdict's halo and the platform's trend are worth in this session. Without a
-- verdict there is no halo to take off.
expected as (

    select
        ratings.*,
        coalesce(judged.verdict, 'none') as verdict,
        components.candidate_ratio,
        components.interviewer_ratio,
        coalesce(interviewer_effects.effect, 0) as interviewer_effect,
        case judged.verdict
            when 'yes' then components.halo * (1 - components.mean_verdict)
            when 'no' then components.halo * (0 - components.mean_verdict)
            else 0
        end as halo_part,
        components.trend
        * (
            extract(epoch from ratings.session_end_at)::double precision / 86400
            - components.reference_day
        ) / 365.25 as trend_part,
        ratings.rating_sum::double precision / ratings.n_items - components.mean_rating
            as deviation
    from ratings
    cross join components
    left join judged
        on ratings.session_id = judged.session_id
    left join interviewer_effects
        on ratings.interviewer_id = interviewer_effects.interviewer_id

),

-- Two looks at the interviewer: the fit's, for what is published, and that of the forms that
-- had come in before, for what is tried out of sample. Sums are numeric: exact in any order.
compared as (

    select
        *,
        deviation - halo_part - trend_part - interviewer_effect as residual,
        deviation - halo_part - trend_part - coalesce(
            sum((deviation - halo_part - trend_part)::numeric) over earlier_forms
            / (count(*) over earlier_forms + interviewer_ratio),
            0
        ) as residual_then
    from expected
    window earlier_forms as (
        partition by interviewer_id
        order by submitted_at, session_id
        rows between unbounded preceding and 1 preceding
    )

),

-- A candidate's leniency is the shrunken mean of what their forms say beyond all that. What an
-- interviewer sees must hold no trace of a form that is not released yet.
lenient as (

    select
        *,
        coalesce(
            sum(residual::numeric(12, 9)) filter (where is_released) over candidate_forms
            / (count(*) filter (where is_released) over candidate_forms + candidate_ratio),
            0
        ) as leniency_part,
        coalesce(
            sum(residual_then::numeric) over forms_so_far
            / (count(*) over forms_so_far + candidate_ratio),
            0
        ) as leniency_then
    from compared
    window
        candidate_forms as (partition by candidate_id),
        forms_so_far as (
            partition by candidate_id
            order by submitted_at, session_id
            rows between unbounded preceding and current row
        )

)

-- The parts are rounded before they are added up, so that the sum can be redone by hand.
select
    session_id,
    interviewer_id,
    candidate_id,
    interview_type,
    verdict,
    {%- for factor in factors %}
    {{ factor }},
    {%- endfor %}
    n_items,
    rating_sum,
    leniency_part::numeric(6, 2) as leniency_part,
    halo_part::numeric(6, 2) as halo_part,
    trend_part::numeric(6, 2) as trend_part,
    (
        leniency_part::numeric(6, 2) + halo_part::numeric(6, 2) + trend_part::numeric(6, 2)
    )::numeric(6, 2) as adjustment,
    (leniency_then + halo_part + trend_part)::numeric(12, 6) as adjustment_then,
    residual::numeric(12, 9) as residual,
    is_released,
    session_start_at,
    session_end_at,
    submitted_at,
    released_at
from lenient
