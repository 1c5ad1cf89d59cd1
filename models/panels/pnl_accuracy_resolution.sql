with

clock as (

    select * from {{ source('run', 'clock') }}

),

judgements as (

    select * from {{ ref('int_judgements_unioned') }}
    where not is_real
        and num_nonnulls(would_advance, technical, problem_solving) > 0

),

outcomes as (

    select * from {{ ref('fct_outcomes') }}

),

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}

),

comparison_sets as (

    select * from {{ ref('int_comparison_sets_counted') }}

),

scale as (

    select * from {{ ref('int_accuracy_scale_read') }}

),

-- Results that were there a year ago are those of mocks whose first result was.
judged as (

    select
        judgements.interviewer_id,
        judgements.would_advance::integer as is_yes,
        coalesce(outcomes.n_later_real, 0) as n_results,
        coalesce(outcomes.n_later_passed, 0) as n_passed,
        judgements.judged_at <= {{ days_after('clock.as_of', -1 * var('steady_days')) }}
            as is_year_old,
        coalesce(
            outcomes.first_real_at <= {{ days_after('clock.as_of', -1 * var('steady_days')) }},
            false
        ) as has_year_old_result
    from judgements
    cross join clock
    left join outcomes
        on judgements.session_id = outcomes.session_id

),

counted as (

    select
        interviewer_id,
        count(*) as n_mocks,
        count(*) filter (where is_year_old) as n_mocks_year_ago,
        sum(n_results) as n_results,
        coalesce(sum(n_results) filter (where has_year_old_result), 0) as n_results_year_ago,
        avg(is_yes) as yes_rate,
        sum(n_passed)::numeric / nullif(sum(n_results), 0) as later_pass_rate
    from judged
    group by 1

),

spread as (

    select max(estimate) as leniency_variance
    from facets
    where facet = 'variance'
        and level = 'interviewer'

)

select
    facets.level as interviewer_id,
    facets.estimate as leniency,
    facets.estimate_se as leniency_se,
    counted.n_mocks,
    counted.n_mocks_year_ago,
    counted.n_results,
    counted.n_results_year_ago,
    counted.yes_rate,
    counted.later_pass_rate,
    spread.leniency_variance,
    scale.borderline_log_odds,
    scale.leniency_slope,
    scale.strict_edge,
    scale.lenient_edge
from facets
inner join counted
    on facets.level = counted.interviewer_id
inner join comparison_sets
    on facets.comparison_set_id = comparison_sets.comparison_set_id
cross join spread
cross join scale
where facets.facet = 'interviewer'
    and comparison_sets.is_comparable
