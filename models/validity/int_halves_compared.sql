with

windowed as (

    select * from {{ ref('int_ratings_windowed') }}

),

judgements as (

    select * from {{ ref('int_judgements_unioned') }}

),

outcomes as (

    select * from {{ ref('fct_outcomes') }}

),

-- Skill by every other session of the window: both halves stand for the same time.
skill as (

    select
        interviewer_id,
        'skill' as quality,
        recency_rank % 2 + 1 as half,
        rating_sum::numeric / n_items - adjustment as observed,
        rating_sum::numeric / n_items as observed_raw
    from windowed

),

-- Leniency by time: a verdict against the share of yes among the candidate's other judgements,
-- mock and real, whoever gave them.
compared as (

    select
        judgements.session_id,
        judgements.interviewer_id,
        judgements.is_real,
        judgements.judged_at,
        judgements.would_advance::integer as is_yes,
        sum(judgements.would_advance::integer) over candidate_judgements as n_yes,
        count(judgements.would_advance) over candidate_judgements as n_judged
    from judgements
    where judgements.would_advance is not null
    window candidate_judgements as (partition by judgements.candidate_key)

),

middle as (

    select percentile_disc(0.5) within group (order by judged_at) as half_at
    from compared
    where not is_real

),

leniency as (

    select
        compared.interviewer_id,
        'leniency' as quality,
        1 + (compared.judged_at >= middle.half_at)::integer as half,
        compared.is_yes
        - (compared.n_yes - compared.is_yes)::numeric / nullif(compared.n_judged - 1, 0)
            as observed,
        -- The naive gap: a yes against what companies said later, of those alone who went on.
        compared.is_yes - outcomes.n_later_passed::numeric / outcomes.n_later_real as observed_raw
    from compared
    cross join middle
    left join outcomes
        on compared.session_id = outcomes.session_id
    where not compared.is_real

),

unioned as (

    select * from skill
    union all
    select * from leniency

)

select
    interviewer_id,
    quality,
    count(observed) filter (where half = 1)::integer as n_first,
    count(observed) filter (where half = 2)::integer as n_second,
    count(observed_raw) filter (where half = 1)::integer as n_raw_first,
    count(observed_raw) filter (where half = 2)::integer as n_raw_second,
    round(avg(observed) filter (where half = 1), 6) as first_mean,
    round(avg(observed) filter (where half = 2), 6) as second_mean,
    round(avg(observed_raw) filter (where half = 1), 6) as raw_first_mean,
    round(avg(observed_raw) filter (where half = 2), 6) as raw_second_mean
from unioned
group by 1, 2
