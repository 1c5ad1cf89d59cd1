-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
{% set before = "period = 'before'" %}
{% set now = "period = 'now'" %}
with

clock as (

    select
        {{ days_after('as_of', -1 * var('health_period_days')) }} as now_from_at,
        {{ days_after('as_of', -2 * var('health_period_days')) }} as before_from_at
    from {{ source('run', 'clock') }}

),

leaving as (

    select * from {{ ref('int_leaving_expected') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

past_ratings as (

    select * from {{ ref('int_past_ratings_averaged') }}
    where n_past >= {{ var('min_rated_sessions') }}

),

components as (

    select (adjusted_variance / nullif(interviewer_variance, 0))::numeric as ratio
    from {{ ref('int_rating_components_pivoted') }}

),

weights as (

    select
        {%- for factor in factors %}
        coalesce(max(weight) filter (where factor = '{{ factor }}'), 0)::numeric
            as {{ factor }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fit_experience_weights') }}

),

-- The past ratings of who held the session: its own ratings share its mood with the leaving.
weighed as (

    select
        past_ratings.session_id,
        coalesce(past_ratings.n_past / (past_ratings.n_past + components.ratio), 1)
            as reliability,
        (
            0
            {%- for factor in factors %}
            + coalesce(past_ratings.{{ factor }}_past_mean::numeric, 0)
            * weights.{{ factor }}_weight
            {%- endfor %}
        ) / nullif(
            0
            {%- for factor in factors %}
            + case
                when past_ratings.{{ factor }}_past_mean is not null
                    then weights.{{ factor }}_weight
                else 0
            end
            {%- endfor %},
            0
        ) as past_mean
    from past_ratings
    cross join weights
    cross join components

),

middle as (

    select sum(reliability * past_mean) / sum(reliability) as mean
    from weighed
    where past_mean is not null

),

-- Drawn to the mean as far as it may be luck: the slope on what is left is that on quality.
known_before as (

    select
        weighed.session_id,
        weighed.reliability * (weighed.past_mean - middle.mean) as past_quality
    from weighed
    cross join middle

),

placed as (

    select
        leaving.interviewer_id,
        leaving.has_left::integer - leaving.leave_prob as surprise,
        leaving.has_left::integer - leaving.leave_any_month_prob as surprise_any_month,
        round(known_before.past_quality, 9) as past_quality,
        case
            when sessions.session_end_at > clock.now_from_at then 'now'
            when sessions.session_end_at > clock.before_from_at then 'before'
        end as period
    from leaving
    inner join sessions
        on leaving.session_id = sessions.session_id
    left join known_before
        on leaving.session_id = known_before.session_id
    cross join clock

)

select
    interviewer_id,
    count(*) filter (where {{ before }})::integer as n_before,
    count(*) filter (where {{ now }})::integer as n_now,
    coalesce(sum(surprise_any_month) filter (where {{ before }}), 0)::numeric(18, 9)
        as surprise_before,
    coalesce(sum(surprise_any_month) filter (where {{ now }}), 0)::numeric(18, 9)
        as surprise_now,
    count(past_quality)::integer as n_known,
    coalesce(sum(past_quality), 0)::numeric(18, 9) as quality_sum,
    coalesce(sum(surprise) filter (where past_quality is not null), 0)::numeric(18, 9)
        as surprise_sum,
    coalesce(sum(past_quality ^ 2), 0)::numeric(18, 9) as quality_squares,
    coalesce(sum(past_quality * surprise), 0)::numeric(18, 9) as quality_surprises
from placed
group by interviewer_id
