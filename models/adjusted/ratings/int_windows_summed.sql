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

discounted as (

    select
        aged.*,
        {{ session_discount(
            'aged.weeks_older',
            'max(aged.weeks_older) over (partition by aged.interviewer_id)',
            'count(*) over (partition by aged.interviewer_id)',
            'components.sure_drift_variance', 'components.adjusted_variance'
        ) }} as discount
    from aged
    cross join components

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
    {{ noise_share('discount') }} as noise_share,
    {{ drift_weeks('discount', 'older_discount', 'weeks_older') }} as drift_weeks,
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
