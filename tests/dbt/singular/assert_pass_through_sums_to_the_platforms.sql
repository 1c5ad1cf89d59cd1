-- One pass-through on every screen: each week of the platform has one row of all types, with its
-- number and its share, and the types add up to it. Guards rpt_pass_through against another
-- reading of the week. A share below the report's floor is null there, so it is counted again.
with

platform as (

    select * from {{ ref('fct_platform_experience') }}

),

pass_through as (

    select * from {{ ref('rpt_pass_through') }}

),

summed as (

    select
        week_date,
        sum(n_real) filter (where is_all_types) as n_real,
        sum(n_passed) filter (where is_all_types) as n_passed,
        max(pass_through_rate) filter (where is_all_types) as pass_through_rate,
        max(pass_through_low) filter (where is_all_types) as pass_through_low,
        sum(n_real) filter (where not is_all_types) as n_real_of_types,
        sum(n_passed) filter (where not is_all_types) as n_passed_of_types,
        count(*) filter (where is_all_types) as n_rows
    from pass_through
    group by 1

),

-- Before the first real interview was decided, the report knows no type and has no rows.
ever_decided as (

    select * from platform
    where (select max(weeks.n_real) from platform as weeks) > 0

)

select
    ever_decided.week_date,
    ever_decided.n_real,
    ever_decided.pass_through_rate,
    summed.n_real as n_reported,
    summed.pass_through_rate as reported_rate
from ever_decided
full join summed
    on ever_decided.week_date = summed.week_date
where summed.n_rows is distinct from 1
    or ever_decided.n_real is distinct from summed.n_real
    or summed.n_real <> summed.n_real_of_types
    or summed.n_passed <> summed.n_passed_of_types
    or round(summed.n_passed::numeric / nullif(summed.n_real, 0), 3)
    is distinct from ever_decided.pass_through_rate
    or summed.pass_through_rate <> ever_decided.pass_through_rate
    or summed.pass_through_low <> ever_decided.pass_through_low
