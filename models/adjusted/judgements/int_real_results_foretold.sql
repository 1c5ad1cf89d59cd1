with

abilities as (

    select * from {{ ref('int_abilities_told_before') }}

),

scale_parameters as (

    select * from {{ ref('fit_accuracy_scale') }}

),

companies_link as (

    select
        max(value) filter (where parameter = 'a50') as a50,
        max(value) filter (where parameter = 'real_intercept') as intercept,
        max(value) filter (where parameter = 'real_slope') as slope
    from scale_parameters

)

select
    abilities.session_id,
    abilities.candidate_id,
    abilities.company_id,
    abilities.n_earlier_mocks,
    (abilities.n_earlier_yes::numeric / abilities.n_earlier_mocks)::numeric(4, 3)
        as earlier_yes_rate,
    case when companies_link.a50 is not null then
        {{ mean_logistic(
            'companies_link.intercept + companies_link.slope * abilities.ability',
            'companies_link.slope ^ 2 * abilities.ability_variance'
        ) }}
    end as pass_prob,
    abilities.said_yes as has_passed,
    abilities.judged_at as decided_at
from abilities
cross join companies_link
where abilities.is_real
    and abilities.n_earlier_mocks >= {{ var('min_readiness_mocks') }}
