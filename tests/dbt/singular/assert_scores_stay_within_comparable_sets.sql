-- No one is compared with too few: every published accuracy score lies in a set that the report
-- calls comparable, and the report counts them all. Guards fct_accuracy_scores and
-- rpt_comparison_sets against two readings of one rule.
with

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}
    where is_published

),

comparison_sets as (

    select * from {{ ref('rpt_comparison_sets') }}

)

select
    accuracy.comparison_set_id,
    count(*) as n_scored,
    max(comparison_sets.n_scored) as n_reported
from accuracy
left join comparison_sets
    on accuracy.comparison_set_id = comparison_sets.comparison_set_id
group by 1
having not coalesce(bool_and(comparison_sets.is_comparable), false)
    or count(*) <> max(comparison_sets.n_scored)
