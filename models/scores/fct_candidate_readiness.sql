{%- set z = var('interval_z') %}
{%- set least_mocks = var('min_readiness_mocks') | int %}
{%- set mocks_needed = least_mocks ~ ' judged mock' ~ ('s' if least_mocks > 1 else '') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

candidates as (

    select * from {{ ref('dim_candidates') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

abilities as (

    select * from {{ ref('int_abilities_told_now') }}

),

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}

),

comparison_sets as (

    select * from {{ ref('int_comparison_sets_counted') }}

),

scale_parameters as (

    select * from {{ ref('fit_accuracy_scale') }}

),

fit_in_force as (

    select
        max(fit_id) as fit_id,
        max(estimate) filter (where facet = 'fixed' and level = 'practice')
            as practice_effect
    from facets

),

-- Without a50 the companies' decisions do not follow ability, and the link says nothing.
companies_link as (

    select
        max(value) filter (where parameter = 'a50') as a50,
        max(value) filter (where parameter = 'real_intercept') as intercept,
        max(value) filter (where parameter = 'real_slope') as slope
    from scale_parameters

),

practised as (

    select
        candidate_id,
        count(*) as n_sessions
    from sessions
    where status = 'completed'
    group by 1

),

-- The next session finds the candidate with the practice of all those so far.
measured as (

    select
        candidates.candidate_id,
        abilities.comparison_set_id,
        coalesce(abilities.n_mocks, 0) as n_mocks,
        coalesce(abilities.n_mocks_yes, 0) as n_mocks_yes,
        coalesce(abilities.n_judgements, 0) as n_judgements,
        coalesce(abilities.n_real, 0) as n_real,
        comparison_sets.n_interviewers as n_compared,
        coalesce(comparison_sets.has_company_bar, false) as has_company_bar,
        coalesce(comparison_sets.is_comparable, false) as is_comparable,
        fit_in_force.fit_id,
        case
            when abilities.n_mocks >= {{ least_mocks }}
                then
                    abilities.lasting_ability
                    + coalesce(fit_in_force.practice_effect, 0)
                    * ln(1 + coalesce(practised.n_sessions, 0))
        end as ability,
        abilities.ability_variance
    from candidates
    cross join fit_in_force
    left join abilities
        on candidates.candidate_id = abilities.candidate_id
    left join comparison_sets
        on abilities.comparison_set_id = comparison_sets.comparison_set_id
    left join practised
        on candidates.candidate_id = practised.candidate_id

),

-- The link holds for the true ability, and that is known but roughly: the chance is averaged
-- over it, while the ends of the interval are the chances at the ends of the ability's.
foretold as (

    select
        measured.*,
        case when measured.is_comparable and companies_link.a50 is not null then
            {{ mean_logistic(
                'companies_link.intercept + companies_link.slope * measured.ability',
                'companies_link.slope ^ 2 * measured.ability_variance'
            ) }}
        end as pass_prob,
        {{ logistic(
            'companies_link.intercept + companies_link.slope'
            ~ ' * (measured.ability - ' ~ z ~ ' * sqrt(measured.ability_variance))'
        ) }} as pass_prob_low,
        {{ logistic(
            'companies_link.intercept + companies_link.slope'
            ~ ' * (measured.ability + ' ~ z ~ ' * sqrt(measured.ability_variance))'
        ) }} as pass_prob_high,
        companies_link.a50 is not null as has_link
    from measured
    cross join companies_link

)

select
    foretold.candidate_id,
    foretold.fit_id,
    foretold.comparison_set_id,
    case
        when foretold.pass_prob is not null then null
        when foretold.n_mocks < {{ least_mocks }}
            then
                'needs {{ mocks_needed }}, has '
                || foretold.n_mocks
        when foretold.ability is null then 'no fit has been accepted yet'
        when not foretold.has_link
            then 'companies'' decisions do not tell yet how passing follows from ability'
        when foretold.comparison_set_id is null
            then 'no accepted fit covers the interviewers of this candidate yet'
        when not foretold.has_company_bar
            then 'no company has judged a candidate that can be compared with this one'
        else
            'needs {{ var("min_comparison_set") }} interviewers who can be compared with each'
            || ' other through shared candidates, has ' || foretold.n_compared
    end as unpublished_reason,
    foretold.n_mocks::integer as n_mocks,
    foretold.n_judgements::integer as n_judgements,
    foretold.n_real::integer as n_real,
    round(foretold.n_mocks_yes::numeric / nullif(foretold.n_mocks, 0), 3)::numeric(4, 3)
        as mock_yes_rate,
    round(foretold.ability::numeric, 3)::numeric(7, 3) as ability,
    case
        when foretold.ability is not null
            then round(sqrt(foretold.ability_variance)::numeric, 3)
    end::numeric(7, 3) as ability_se,
    round(foretold.pass_prob::numeric, 3)::numeric(4, 3) as pass_prob,
    {%- for end in ['low', 'high'] %}
    case
        when foretold.pass_prob is not null
            then round(foretold.pass_prob_{{ end }}::numeric, 3)
    end::numeric(4, 3) as pass_prob_{{ end }},
    {%- endfor %}
    foretold.pass_prob is not null as is_published,
    clock.as_of
from foretold
cross join clock
