with

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}

),

scale as (

    select * from {{ ref('int_accuracy_scale_read') }}

),

buckets as (

    select * from {{ ref('accuracy_buckets') }}

),

gammas as (

    select gamma::double precision as gamma
    from unnest(array{{ var('selection_gammas') }}) as asked (gamma)

),

-- A candidate whom nobody sent on fails gamma times as often, in odds, as the judgements say:
-- the ability is lower by ln(gamma) over the slope of the companies' yes on ability.
shifted as (

    select
        judges.level as interviewer_id,
        judges.comparison_set_id,
        gammas.gamma,
        judges.estimate_se as leniency_se,
        judges.estimate
        + case
            when gammas.gamma = 1 then 0
            else hidden.estimate * ln(gammas.gamma) / nullif(scale.real_slope, 0)
        end as leniency,
        scale.borderline_log_odds,
        scale.leniency_slope
    from facets as judges
    left join facets as hidden
        on judges.level = hidden.level
            and hidden.facet = 'hidden_selection'
    cross join gammas
    cross join scale
    where judges.facet = 'interviewer'

),

asked as (

    select
        *,
        {{ logistic('borderline_log_odds + leniency_slope * leniency') }} as borderline_yes_prob
    from shifted

),

scored as (

    select
        *,
        {{ accuracy_score_of('borderline_yes_prob') }} as accuracy_score_raw
    from asked

),

bucketed as (

    select
        scored.interviewer_id,
        scored.gamma,
        scored.comparison_set_id,
        scored.leniency,
        scored.leniency_se,
        scored.borderline_yes_prob,
        scored.accuracy_score_raw,
        buckets.accuracy_score,
        buckets.accuracy_bucket,
        first_value(buckets.accuracy_bucket) over from_the_least as least_bucket
    from scored
    left join buckets
        on round(scored.accuracy_score_raw::numeric)::integer = buckets.accuracy_score
    window from_the_least as (partition by scored.interviewer_id order by scored.gamma)

)

select
    interviewer_id,
    gamma,
    comparison_set_id,
    leniency,
    leniency_se,
    borderline_yes_prob,
    accuracy_score_raw,
    accuracy_score,
    accuracy_bucket,
    -- Up to this strength, and at every lesser one, the bucket is that of the least.
    bool_and(coalesce(accuracy_bucket = least_bucket, false)) over (
        partition by interviewer_id
        order by gamma
        rows between unbounded preceding and current row
    ) as is_bucket_held
from bucketed
