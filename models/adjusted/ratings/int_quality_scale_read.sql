-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

windows as (

    select * from {{ ref('int_windows_summed') }}

),

fitted_weights as (

    select * from {{ ref('fit_experience_weights') }}

),

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

),

-- As published: an interviewer's mean of a factor has two decimals.
averaged as (

    select
        answer.factor,
        answer.n_answers,
        round(answer.adjusted_sum / nullif(answer.n_answers, 0), 2) as mean
    from windows
    cross join lateral (
        values
        {%- for factor in factors %}
        (
            '{{ factor }}', windows.{{ factor }}_count, windows.{{ factor }}_sum
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as answer (factor, n_answers, adjusted_sum)

),

-- A question that nobody on the platform answers carries no weight.
asked as (

    select
        factor,
        sum(n_answers * mean) / sum(n_answers) as platform_mean
    from averaged
    group by 1
    having sum(n_answers) > 0

),

weighed as (

    select
        asked.factor,
        asked.platform_mean,
        round(
            (
                fitted_weights.weight
                / nullif(sum(fitted_weights.weight) over (), 0)
            )::numeric,
            4
        ) as weight
    from asked
    inner join fitted_weights
        on asked.factor = fitted_weights.factor

),

-- The fit's mean is of the plain average of the answers; the score weighs them.
shifted as (

    select
        {%- for factor in factors %}
        coalesce(max(weight) filter (where factor = '{{ factor }}'), 0)::numeric(5, 4)
            as {{ factor }}_weight,
        {%- endfor %}
        coalesce(sum(weight * platform_mean) - avg(platform_mean), 0)::double precision
            as weight_shift
    from weighed

)

select
    components.fit_id,
    components.mean_rating + shifted.weight_shift as mean_quality,
    components.interviewer_variance,
    components.adjusted_variance,
    components.drift_variance,
    components.sure_drift_variance,
    {%- for factor in factors %}
    shifted.{{ factor }}_weight{{ ',' if not loop.last }}
    {%- endfor %}
from shifted
cross join components
