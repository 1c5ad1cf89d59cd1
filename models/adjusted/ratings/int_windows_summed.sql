-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

windowed as (

    select * from {{ ref('int_ratings_windowed') }}

),

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

),

aged as (

    select
        *,
        {{ days_between('session_end_at', 'last_rated_at') }} / 7 as weeks_older
    from windowed

),

-- Where interviewers drift, an older session says less about today: exponential smoothing at the
-- steady-state gain of a random walk seen n / span times a week (Muth 1960), but never below
-- 1/e for the oldest of the window.
paced as (

    select
        aged.interviewer_id,
        case
            when max(aged.weeks_older) > 0 and max(components.adjusted_variance) > 0
                then least(
                    sqrt(
                        max(components.sure_drift_variance) * count(*) / max(aged.weeks_older)
                        / max(components.adjusted_variance)
                    ),
                    1 / max(aged.weeks_older)
                )
            else 0
        end as discount_rate
    from aged
    cross join components
    group by 1

),

discounted as (

    select
        aged.*,
        round(exp(-paced.discount_rate * aged.weeks_older)::numeric, 6) as discount
    from aged
    inner join paced
        on aged.interviewer_id = paced.interviewer_id

),

accumulated as (

    select
        *,
        coalesce(
            sum(discount) over (
                partition by interviewer_id
                order by recency_rank desc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as older_discount
    from discounted

)

select
    interviewer_id,
    count(*)::integer as n_rated_window,
    max(n_rated_total)::integer as n_rated_total,
    -- One over the number of sessions that the discounted mean is worth.
    (sum(discount * discount) / (sum(discount) * sum(discount)))::numeric(10, 6)
        as noise_share,
    -- Weeks of drift between the discounted mean and the last session: the mean of
    -- min(age, age') over pairs of sessions.
    (
        sum(discount * round(weeks_older::numeric, 6) * (discount + 2 * older_discount))
        / (sum(discount) * sum(discount))
    )::numeric(12, 6) as drift_weeks,
    {%- for factor in factors %}
    count({{ factor }})::integer as {{ factor }}_count,
    sum({{ factor }})::integer as {{ factor }}_raw_sum,
    sum({{ factor }} - adjustment)::numeric(10, 2) as {{ factor }}_sum,
    (
        sum(discount * ({{ factor }} - adjustment))
        / nullif(sum(discount) filter (where {{ factor }} is not null), 0)
    )::numeric(10, 6) as {{ factor }}_recent_mean,
    {%- endfor %}
    max(last_rated_at) as last_rated_at
from accumulated
group by 1
