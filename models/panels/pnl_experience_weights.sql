-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
with

prepared as (

    select * from {{ ref('int_churn_covariates_prepared') }}

),

past_ratings as (

    select * from {{ ref('int_past_ratings_averaged') }}

)

-- Past ratings only: a session's own ratings share its mood with the decision to leave.
select
    prepared.session_id,
    prepared.interviewer_id,
    prepared.interview_type,
    prepared.session_month,
    prepared.experience_level,
    prepared.verdict,
    prepared.performance,
    past_ratings.n_past,
    {%- for factor in experience_factors() %}
    past_ratings.{{ factor }}_past_mean,
    {%- endfor %}
    prepared.is_first_session,
    prepared.has_left
from prepared
inner join past_ratings
    on prepared.session_id = past_ratings.session_id
where past_ratings.n_past >= {{ var('min_rated_sessions') }}
