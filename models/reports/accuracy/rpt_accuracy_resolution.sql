-- noqa: disable=LT02
{%- set z = var('interval_z') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

buckets as (

    select * from {{ ref('accuracy_buckets') }}

),

fitted as (

    select * from {{ ref('fit_accuracy_resolution') }}

),

-- The finest grouping is the one in which every score that somebody has stands by itself.
finest as (

    select
        n,
        estimate as figure,
        level as n_groups
    from fitted
    where measure = 'misranked'
    order by level::integer desc
    limit 1

),

told_apart as (

    select
        levels.n,
        levels.estimate as figure,
        levels.grouping as group_starts,
        groups.estimate as misranked
    from fitted as levels
    left join fitted as groups
        on groups.measure = 'misranked'
            and groups.level = levels.estimate::integer::text
    where levels.measure = 'n_levels'

),

starts as (

    select
        listed.start_score::integer as start_score,
        lead(listed.start_score::integer) over (order by listed.start_score::integer) as next_start
    from told_apart
    cross join unnest(string_to_array(told_apart.group_starts, '|')) as listed (start_score)

),

ends as (

    select max(accuracy_score) as highest
    from buckets

),

-- A group reaches up to the score before the next one.
spelled as (

    select
        string_agg(
            starts.start_score::text
            || case
                when coalesce(starts.next_start - 1, ends.highest) > starts.start_score
                    then ' to ' || coalesce(starts.next_start - 1, ends.highest)
                else ''
            end,
            ', ' order by starts.start_score
        ) as spelling
    from starts
    cross join ends

),

figures as (

    select
        case measure when 'flips' then 'flips_per_year' else measure end as measure,
        level as rule,
        n,
        estimate as figure,
        estimate_se as figure_se,
        null::text as spelling
    from fitted
    where measure in ('flips', 'flipped_share')

    union all

    select
        'levels_told_apart' as measure,
        'ours' as rule,
        told_apart.n,
        told_apart.figure,
        null::double precision as figure_se,
        case
            when told_apart.figure > 1
                then
                    spelled.spelling || ' (' || to_char(100 * told_apart.misranked, 'FM990.0')
                    || ' % of pairs in different groups stand in the wrong order)'
        end as spelling
    from told_apart
    cross join spelled

    union all

    select
        'misranked_share' as measure,
        'ours' as rule,
        n,
        figure,
        null::double precision as figure_se,
        n_groups as spelling
    from finest

),

asked as (

    select *
    from (
        values
        (1, 'flips_per_year', 'ours', 'changes of bucket per interviewer and year'),
        (2, 'flips_per_year', 'naive', 'changes of bucket per interviewer and year'),
        (3, 'flipped_share', 'ours', 'share of interviewers, 0 to 1'),
        (4, 'flipped_share', 'naive', 'share of interviewers, 0 to 1'),
        (5, 'levels_told_apart', 'ours', 'groups of neighbouring scores'),
        (6, 'misranked_share', 'ours', 'share of pairs with different scores, 0 to 1')
    ) as listed (measure_position, measure, rule, unit)

)

select
    asked.measure,
    asked.rule,
    asked.unit,
    case
        when figures.figure is null and asked.measure in ('flips_per_year', 'flipped_share')
            then
                'not enough data: nobody who had a figure {{ var("steady_days") }} days ago has'
                || ' judged since'
        when figures.figure is null then 'not enough data: no two interviewers with a score'
        when asked.measure = 'flips_per_year'
            then
                'an interviewer who does not change would change bucket '
                || to_char(figures.figure, 'FM990.00') || ' times a year, by chance alone'
        when asked.measure = 'flipped_share'
            then
                to_char(100 * figures.figure, 'FM990') || ' % of interviewers who do not change'
                || ' would see their bucket change in a year'
        when asked.measure = 'levels_told_apart' and figures.spelling is null
            then 'no two groups of scores can be told apart'
        when asked.measure = 'levels_told_apart'
            then
                to_char(figures.figure, 'FM990') || ' groups of scores can be told apart: '
                || figures.spelling
        else
            'with each of the ' || figures.spelling || ' scores that somebody has by itself, '
            || to_char(100 * figures.figure, 'FM990.0') || ' % of pairs stand in the wrong order'
    end as finding,
    asked.measure_position,
    coalesce(figures.n, 0)::bigint as n,
    round(figures.figure::numeric, 3)::numeric(9, 3) as figure,
    round(
        case
            when figures.figure_se is not null
                then greatest(figures.figure - {{ z }} * figures.figure_se, 0)
        end::numeric,
        3
    )::numeric(9, 3) as figure_low,
    round((figures.figure + {{ z }} * figures.figure_se)::numeric, 3)::numeric(9, 3)
        as figure_high,
    (select max(fitted.fit_id) from fitted) as fit_id,
    clock.as_of
from asked
cross join clock
left join figures
    on asked.measure = figures.measure
        and asked.rule = figures.rule
