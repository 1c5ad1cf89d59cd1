with

judgements as (

    select * from {{ ref('int_judgements_unioned') }}
    where would_advance is not null

),

tried as (

    select * from {{ ref('fit_accuracy_held_out') }}

),

buckets as (

    select * from {{ ref('accuracy_buckets') }}

),

scale as (

    select * from {{ ref('int_accuracy_scale_read') }}

),

split as (

    select to_timestamp(estimate) as split_at
    from tried
    where measure = 'split'

),

halved as (

    select
        judgements.candidate_key,
        judgements.interviewer_id,
        judgements.is_real,
        judgements.would_advance::integer as is_yes,
        judgements.judged_at,
        case when judgements.judged_at < split.split_at then 'first' else 'second' end as half
    from judgements
    cross join split

),

-- The halves share no verdict and no result: what a company decided after the split says nothing
-- of the mocks before it, as nobody could have known.
looked_ahead as (

    select
        interviewer_id,
        half,
        is_real,
        is_yes,
        coalesce(sum(is_real::integer) over later_judgements, 0) as n_results,
        coalesce(sum(is_real::integer * is_yes) over later_judgements, 0) as n_passed
    from halved
    window later_judgements as (
        partition by candidate_key, half
        order by judged_at
        {{ within_days_after(var('outcome_days')) }}
    )

),

summed as (

    select
        interviewer_id,
        half,
        count(*) as n_mocks,
        sum(is_yes) as n_yes,
        count(*) filter (where n_results > 0) as n_mocks_with_outcome,
        sum(n_results) as n_results,
        sum(n_passed) as n_passed
    from looked_ahead
    where not is_real
    group by 1, 2

),

-- What can be told before the split: the score, and the naive rule's gap.
learned as (

    select
        scores.level as interviewer_id,
        scores.estimate as accuracy_score_raw,
        first_half.n_yes::numeric / first_half.n_mocks
        - first_half.n_passed::numeric / nullif(first_half.n_results, 0) as naive_gap
    from tried as scores
    inner join summed as first_half
        on scores.level = first_half.interviewer_id
            and first_half.half = 'first'
    where scores.measure = 'score'

),

-- Against the platform's mean gap, and with the score's own edges: the chance of a yes at the
-- bar that a gap stands for is one half and what it is beyond that mean.
centred as (

    select
        *,
        naive_gap - avg(naive_gap) over () as naive_excess
    from learned

),

sorted as (

    select
        centred.interviewer_id,
        centred.accuracy_score_raw,
        buckets.accuracy_bucket,
        centred.naive_gap,
        case
            when centred.naive_excess > scale.lenient_yes_prob - 0.5 then 'too_lenient'
            when centred.naive_excess < scale.strict_yes_prob - 0.5 then 'too_strict'
            when centred.naive_excess is not null then 'ok'
        end as naive_bucket
    from centred
    cross join scale
    inner join buckets
        on round(centred.accuracy_score_raw::numeric)::integer = buckets.accuracy_score

)

select
    sorted.interviewer_id,
    summed.half,
    sorted.accuracy_bucket,
    sorted.naive_bucket,
    round(sorted.accuracy_score_raw::numeric, 2) as accuracy_score_raw,
    round(sorted.naive_gap, 6) as naive_gap,
    summed.n_mocks::integer as n_mocks,
    summed.n_yes::integer as n_yes,
    summed.n_mocks_with_outcome::integer as n_mocks_with_outcome,
    summed.n_results::integer as n_results,
    summed.n_passed::integer as n_passed,
    coalesce(net.n, 0)::integer as n_net,
    round(coalesce(net.n * net.estimate, 0)::numeric, 6) as net_sum
from sorted
inner join summed
    on sorted.interviewer_id = summed.interviewer_id
left join tried as net
    on sorted.interviewer_id = net.level
        and net.measure = 'net_' || summed.half
