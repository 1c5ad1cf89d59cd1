-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

windows as (

    select * from {{ ref('int_windows_summed') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

fitted_weights as (

    select * from {{ ref('fit_experience_weights') }}

),

answers as (

    select
        windows.interviewer_id,
        windows.n_rated_window,
        answer.factor,
        answer.n_answers,
        answer.raw_sum,
        answer.adjusted_sum,
        answer.recent_mean
    from windows
    cross join lateral (
        values
        {%- for factor in factors %}
        (
            '{{ factor }}',
            windows.{{ factor }}_count,
            windows.{{ factor }}_raw_sum,
            windows.{{ factor }}_sum,
            windows.{{ factor }}_recent_mean
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as answer (factor, n_answers, raw_sum, adjusted_sum, recent_mean)

),

-- A question that nobody on the platform answers carries no weight; the others share it out
-- in proportion.
asked as (

    select
        factor,
        sum(n_answers) > 0 as is_asked
    from answers
    group by 1

),

weights as (

    select
        asked.factor,
        fitted_weights.fit_id,
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
    where asked.is_asked

),

averaged as (

    select
        answers.interviewer_id,
        answers.factor,
        weights.fit_id,
        answers.n_answers::integer as n,
        answers.n_rated_window,
        weights.weight,
        round(answers.raw_sum::numeric / nullif(answers.n_answers, 0), 2) as raw_mean,
        round(answers.adjusted_sum / nullif(answers.n_answers, 0), 2) as mean,
        answers.recent_mean
    from answers
    inner join weights
        on answers.factor = weights.factor

),

-- Peers are those whose score is published and who still interview.
peer_medians as (

    select
        averaged.factor,
        percentile_cont(0.5) within group (order by averaged.mean) as peer_median
    from averaged
    inner join interviewers
        on averaged.interviewer_id = interviewers.interviewer_id
    where averaged.n_rated_window >= {{ var('min_rated_sessions') }}
        and not interviewers.has_left
    group by 1

)

select
    averaged.interviewer_id,
    averaged.factor,
    averaged.fit_id,
    averaged.n,
    averaged.raw_mean::numeric(6, 2) as raw_mean,
    averaged.mean::numeric(6, 2) as mean,
    round(averaged.recent_mean, 4)::numeric(8, 4) as recent_mean,
    averaged.weight::numeric(5, 4) as weight,
    round(averaged.weight * averaged.mean, 3)::numeric(7, 3) as points,
    round(peer_medians.peer_median::numeric, 2)::numeric(6, 2) as peer_median,
    clock.as_of
from averaged
cross join clock
left join peer_medians
    on averaged.factor = peer_medians.factor
