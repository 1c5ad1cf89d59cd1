with

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}
    where comparison_set_id is not null

),

judgements as (

    select * from {{ ref('int_judgements_unioned') }}

),

judged as (

    select
        facets.comparison_set_id,
        count(distinct judgements.candidate_key) as n_candidates
    from judgements
    inner join facets
        on coalesce(judgements.interviewer_id, judgements.company_id) = facets.level
            and facets.facet = case when judgements.is_real then 'company' else 'interviewer' end
    group by 1

),

counted as (

    select
        comparison_set_id,
        fit_id,
        count(*) filter (where facet = 'interviewer') as n_interviewers,
        count(*) filter (where facet = 'company') as n_companies,
        coalesce(sum(n_judgements), 0) as n_judgements
    from facets
    group by 1, 2

)

select
    counted.comparison_set_id,
    counted.fit_id,
    counted.n_interviewers::integer as n_interviewers,
    counted.n_companies::integer as n_companies,
    coalesce(judged.n_candidates, 0)::integer as n_candidates,
    counted.n_judgements::integer as n_judgements,
    -- Only a set in which some company judged somebody is tied to the companies' bar.
    counted.n_companies > 0 as has_company_bar,
    counted.n_companies > 0
    and counted.n_interviewers >= {{ var('min_comparison_set') }} as is_comparable
from counted
left join judged
    on counted.comparison_set_id = judged.comparison_set_id
