-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{%- set factors = experience_factors() %}
{%- set quantiles = [var('score_quantiles') | int, 2] | max %}
with

prepared as (

    select * from {{ ref('int_churn_covariates_prepared') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

past_ratings as (

    select * from {{ ref('int_past_ratings_averaged') }}
    where n_past >= {{ var('min_rated_sessions') }}

),

old_rules as (

    select * from {{ ref('int_past_ratings_by_old_rules') }}

),

coefficients as (

    select * from {{ ref('fit_churn_covariates') }}

),

weights as (

    select
        {%- for factor in factors %}
        max(weight) filter (where factor = '{{ factor }}') as {{ factor }},
        {%- endfor %}
        max(fit_id) as fit_id
    from {{ ref('fit_experience_weights') }}

),

intercept as (

    select coalesce(sum(coefficient), 0) as intercept
    from coefficients
    where covariate = 'intercept'

),

-- A level that the fit has not seen counts as its reference.
expected as (

    select
        prepared.session_id,
        prepared.interviewer_id,
        prepared.has_left::integer as n_left,
        round((
            {{ logistic(
                'intercept.intercept'
                ~ ' + coalesce(type_fit.coefficient, 0) + coalesce(month_fit.coefficient, 0)'
                ~ ' + coalesce(level_fit.coefficient, 0) + coalesce(verdict_fit.coefficient, 0)'
                ~ ' + coalesce(performance_fit.coefficient, 0) + coalesce(first_fit.coefficient, 0)'
            ) }}
        )::numeric, 6) as leave_prob
    from prepared
    cross join intercept
    left join coefficients as type_fit
        on prepared.interview_type = type_fit.level
            and type_fit.covariate = 'interview_type'
    left join coefficients as month_fit
        on prepared.session_month = month_fit.level
            and month_fit.covariate = 'session_month'
    left join coefficients as level_fit
        on prepared.experience_level = level_fit.level
            and level_fit.covariate = 'experience_level'
    left join coefficients as verdict_fit
        on prepared.verdict = verdict_fit.level
            and verdict_fit.covariate = 'verdict'
    left join coefficients as performance_fit
        on prepared.performance = performance_fit.level
            and performance_fit.covariate = 'performance'
    left join coefficients as first_fit
        on prepared.is_first_session = (first_fit.level = 'true')
            and first_fit.covariate = 'is_first_session'

),

-- Equal weights learn nothing from leaving; the weights in force have seen these very leavers,
-- and so are only shown beside them.
scored as (

    select
        expected.*,
        sessions.session_start_at,
        scores.score_kind,
        round(scores.score::numeric, 6) as score
    from expected
    inner join sessions
        on expected.session_id = sessions.session_id
    inner join past_ratings
        on expected.session_id = past_ratings.session_id
    inner join old_rules
        on expected.session_id = old_rules.session_id
    cross join weights
    cross join lateral (
        values
        (
            'equal_weights',
            (
                0
                {%- for factor in factors %}
                + coalesce(past_ratings.{{ factor }}_past_mean, 0)
                {%- endfor %}
            ) / nullif(num_nonnulls(
                {%- for factor in factors %}
                past_ratings.{{ factor }}_past_mean{{ ',' if not loop.last }}
                {%- endfor %}
            ), 0)
        ),
        (
            'weights_in_force',
            0
            {%- for factor in factors %}
            + weights.{{ factor }} * past_ratings.{{ factor }}_past_mean
            {%- endfor %}
        ),
        ('raw_history', old_rules.history_mean),
        (
            'raw_rolling',
            case
                when old_rules.n_rolling >= {{ var('min_rated_sessions') }}
                    then old_rules.rolling_mean
            end
        )
    ) as scores (score_kind, score)
    where scores.score is not null

),

-- The later half of the scored sessions is the evaluation window: what comes before it fixes
-- the edges of the quantiles.
halves as (

    select percentile_disc(0.5) within group (order by session_start_at) as window_start_at
    from scored
    where score_kind = 'equal_weights'

),

edges as (

    select
        scored.score_kind
        {%- for q in range(1, quantiles) %},
        percentile_cont({{ q / quantiles }}) within group (order by scored.score) as edge_{{ q }}
        {%- endfor %}
    from scored
    cross join halves
    where scored.session_start_at < halves.window_start_at
    group by 1

),

placed as (

    select
        scored.*,
        halves.window_start_at,
        1
        {%- for q in range(1, quantiles) %}
        + (scored.score > edges.edge_{{ q }})::integer
        {%- endfor %} as score_quantile,
        -- Equals share the middle of the places they take up.
        rank() over by_score
        + (count(*) over (partition by scored.score_kind, scored.score) - 1) * 0.5 as score_rank
    from scored
    inner join edges
        on scored.score_kind = edges.score_kind
    cross join halves
    where scored.session_start_at >= halves.window_start_at
    window by_score as (partition by scored.score_kind order by scored.score)

)

select
    interviewer_id,
    score_kind,
    score_quantile,
    count(*)::integer as n_sessions,
    sum(n_left)::integer as n_left,
    sum(leave_prob) as n_expected,
    sum(score) as score_sum,
    sum(score * score) as score_square_sum,
    sum(score * n_left) as score_left_sum,
    sum(score_rank * n_left) as rank_left_sum,
    max(window_start_at) as window_start_at
from placed
group by 1, 2, 3
