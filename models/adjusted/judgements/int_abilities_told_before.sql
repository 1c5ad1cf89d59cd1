with

judgements as (

    select * from {{ ref('int_judgements_adjusted') }}

),

-- Only earlier judgements predict: a later real one exists only because this one went well,
-- and would carry that selection into whatever is learned from these abilities.
told_earlier as (

    select
        *,
        count(residual) over earlier_judgements as n_others,
        avg(residual) over earlier_judgements as mean_residual,
        count(*) filter (where not is_real) over earlier_judgements as n_earlier_mocks,
        count(*) filter (where not is_real and said_yes) over earlier_judgements
            as n_earlier_yes
    from judgements
    window earlier_judgements as (
        partition by candidate_id
        order by judged_at, session_id
        rows between unbounded preceding and 1 preceding
    )

),

shrunken as (

    select
        *,
        coalesce(
            candidate_variance
            / nullif(candidate_variance + residual_variance / nullif(n_others, 0), 0),
            0
        ) as ability_reliability
    from told_earlier

)

select
    session_id,
    candidate_id,
    interviewer_id,
    company_id,
    comparison_set_id,
    n_others::integer as n_others,
    n_earlier_mocks::integer as n_earlier_mocks,
    n_earlier_yes::integer as n_earlier_yes,
    -- What practice has added by now is part of the ability that the judge meets.
    coalesce(mean_residual, 0) * ability_reliability + practice as ability,
    ability_reliability,
    candidate_variance * (1 - ability_reliability) as ability_variance,
    leniency,
    said_yes,
    is_real,
    judged_at
from shrunken
