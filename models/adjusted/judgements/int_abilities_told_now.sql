with

judgements as (

    select * from {{ ref('int_judgements_adjusted') }}

),

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}

),

-- Only a set in which some company judged somebody is tied to the companies' bar.
sets_with_outcomes as (

    select distinct comparison_set_id
    from facets
    where facet = 'company'
        and comparison_set_id is not null

),

-- A candidate may have met interviewers of two sets since the fit: what counts is whether one
-- of them is tied to the companies.
summed as (

    select
        judgements.candidate_id,
        coalesce(
            min(sets_with_outcomes.comparison_set_id), min(judgements.comparison_set_id)
        ) as comparison_set_id,
        count(*) as n_judgements,
        count(*) filter (where not judgements.is_real) as n_mocks,
        count(*) filter (where not judgements.is_real and judgements.said_yes) as n_mocks_yes,
        count(*) filter (where judgements.is_real) as n_real,
        count(judgements.residual) as n_residuals,
        avg(judgements.residual) as mean_residual,
        max(judgements.candidate_variance) as candidate_variance,
        max(judgements.residual_variance) as residual_variance,
        count(sets_with_outcomes.comparison_set_id) > 0 as has_company_bar
    from judgements
    left join sets_with_outcomes
        on judgements.comparison_set_id = sets_with_outcomes.comparison_set_id
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
    candidate_variance * (1 - ability_reliability) as ability_variance,
    has_company_bar
from shrunken
