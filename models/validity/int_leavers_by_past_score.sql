-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{%- set factors = experience_factors() %}
{%- set quantiles = [var('score_quantiles') | int, 2] | max %}
with

expected as (

    select
        session_id,
        interviewer_id,
        has_left::integer as n_left,
        leave_prob
    from {{ ref('int_leaving_expected') }}

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

weights as (

    select
        {%- for factor in factors %}
        max(weight) filter (where factor = '{{ factor }}') as {{ factor }},
        {%- endfor %}
        max(fit_id) as fit_id
    from {{ ref('fit_experience_weights') }}

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
