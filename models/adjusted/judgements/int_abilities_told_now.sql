with

judgements as (

    select * from {{ ref('int_judgements_adjusted') }}

),

comparison_sets as (

    select * from {{ ref('int_comparison_sets_counted') }}

),

-- A candidate may have met interviewers of two sets since the fit: one that is tied to the
-- companies' bar counts before another.
summed as (

    select
        judgements.candidate_id,
        coalesce(
            min(comparison_sets.comparison_set_id) filter (where comparison_sets.is_comparable),
            min(comparison_sets.comparison_set_id)
        ) as comparison_set_id,
        count(*) as n_judgements,
        count(*) filter (where not judgements.is_real) as n_mocks,
        count(*) filter (where not judgements.is_real and judgements.said_yes) as n_mocks_yes,
        count(*) filter (where judgements.is_real) as n_real,
        count(judgements.residual) as n_residuals,
        avg(judgements.residual::numeric)::double precision as mean_residual,
        max(judgements.candidate_variance) as candidate_variance,
        max(judgements.residual_variance) as residual_variance
    from judgements
    left join comparison_sets
        on judgements.comparison_set_id = comparison_sets.comparison_set_id
    group by 1

),

shrunken as (

    select
        *,
        coalesce(
            candidate_variance
            / nullif(candidate_variance + residual_variance / nullif(n_residuals, 0), 0),
            0
        ) as ability_reliability
    from summed

)

select
    candidate_id,
    comparison_set_id,
    n_judgements::integer as n_judgements,
    n_mocks::integer as n_mocks,
    n_mocks_yes::integer as n_mocks_yes,
    n_real::integer as n_real,
    mean_residual * ability_reliability as lasting_ability,
    candidate_variance * (1 - ability_reliability) as ability_variance
from shrunken
