with

clock as (

    select * from {{ source('run', 'clock') }}

),

comparison_sets as (

    select * from {{ ref('int_comparison_sets_counted') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

scored as (

    select
        comparison_set_id,
        count(*) as n_scored
    from accuracy
    where is_published
    group by 1

)

select
    comparison_sets.comparison_set_id,
    comparison_sets.fit_id,
    case
        when comparison_sets.is_comparable
            then
                'interviewers can be compared with each other, and with the companies'' bar'
        when
            not comparison_sets.has_company_bar
            and comparison_sets.n_interviewers < {{ var('min_comparison_set') }}
            then
                'too small to compare: fewer than {{ var("min_comparison_set") }} interviewers,'
                || ' and no company has judged their candidates'
        when not comparison_sets.has_company_bar
            then
                'no company has judged their candidates: leniency holds among these'
                || ' interviewers only'
        else
            'too small to compare: fewer than {{ var("min_comparison_set") }} interviewers'
    end as reason,
    comparison_sets.n_interviewers,
    coalesce(scored.n_scored, 0)::integer as n_scored,
    comparison_sets.n_companies,
    comparison_sets.n_candidates,
    comparison_sets.n_judgements,
    comparison_sets.has_company_bar,
    comparison_sets.is_comparable,
    clock.as_of
from comparison_sets
cross join clock
left join scored
    on comparison_sets.comparison_set_id = scored.comparison_set_id
