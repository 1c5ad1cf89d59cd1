with

judgements as (

    select * from {{ ref('int_judgements_adjusted') }}

),

abilities as (

    select * from {{ ref('int_abilities_told_now') }}

),

scale_parameters as (

    select * from {{ ref('fit_accuracy_scale') }}

),

links as (

    select
        max(value) filter (where parameter = 'mock_intercept') as mock_intercept,
        max(value) filter (where parameter = 'mock_ability_slope') as mock_slope,
        max(value) filter (where parameter = 'mock_leniency_slope') as leniency_slope,
        max(value) filter (where parameter = 'real_intercept') as real_intercept,
        max(value) filter (where parameter = 'real_slope') as real_slope
    from scale_parameters

),

-- Both are asked about the ability on the day of the mock, as all judgements tell it by now.
judged as (

    select
        judgements.interviewer_id,
        judgements.leniency,
        abilities.lasting_ability + judgements.practice as ability,
        abilities.ability_variance
    from judgements
    inner join abilities
        on judgements.candidate_id = abilities.candidate_id
    where not judgements.is_real
        and judgements.residual is not null

),

asked as (

    select
        judged.interviewer_id,
        {{ mean_logistic(
            'links.mock_intercept + links.mock_slope * judged.ability'
            ~ ' + links.leniency_slope * judged.leniency',
            'links.mock_slope ^ 2 * judged.ability_variance'
        ) }} as interviewer_yes_prob,
        {{ mean_logistic(
            'links.real_intercept + links.real_slope * judged.ability',
            'links.real_slope ^ 2 * judged.ability_variance'
        ) }} as company_yes_prob
    from judged
    cross join links

),

averaged as (

    select
        interviewer_id,
        count(*)::integer as n_mocks,
        avg(interviewer_yes_prob::numeric)::double precision as interviewer_yes_rate,
        avg(company_yes_prob::numeric)::double precision as company_yes_rate
    from asked
    group by 1

)

select
    *,
    ln(interviewer_yes_rate / company_yes_rate) / ln(2) as yes_ratio_log2
from averaged
