-- noqa: disable=LT02
{%- set share = "to_char(100 * estimate, 'FM990.00') || ' % of '" %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

thresholds as (

    select * from {{ ref('fct_thresholds_in_force') }}

),

fitted as (

    select * from {{ ref('fit_error_budget') }}

),

-- Where there is no line the fit says that alone: there is no budget to tell.
budget as (

    select fitted.*
    from fitted
    inner join fitted as line
        on line.measure = 'line'
            and line.rule = 'ours'
            and line.estimate is not null

),

targets as (

    select
        max(value) filter (where threshold = 'max_false_pause_share') as most_false_pauses,
        max(value) filter (where threshold = 'way_back_prob') as way_back_prob,
        max(value) filter (where threshold = 'truly_bad_distance') as truly_bad_distance
    from thresholds

),

measures as (

    select *
    from (
        values
        (1, 'line', 'rating points'),
        (2, 'years_share', 'share of interviewer-years, 0 to 1'),
        (3, 'paused_share', 'share of interviewer-years, 0 to 1'),
        (4, 'paused_gain', 'difference of shares'),
        (5, 'warned_share', 'share of interviewer-years, 0 to 1'),
        (6, 'warned_gain', 'difference of shares'),
        (7, 'warnings_per_year', 'warnings per interviewer and year'),
        (8, 'weeks_to_warning', 'weeks from the beginning of the year'),
        (9, 'weeks_to_pause', 'weeks from the beginning of the year'),
        (10, 'way_back_left_share', 'share of warned interviewers, 0 to 1'),
        (11, 'way_back_paused_share', 'share of warned interviewers, 0 to 1')
    ) as listed (measure_position, measure, unit)

),

rules as (

    select *
    from (
        values
        ('any', 'any rule'),
        ('ours', 'the standing policy'),
        ('naive', 'raw means against the same line'),
        (
            'naive_matched',
            'raw means against a line that pauses as many of the good as the policy does'
        ),
        (
            'naive_matched_late',
            'raw means of as many sessions as a warning takes, against a line that pauses as many'
            || ' of the good'
        ),
        (
            'ours_less_naive_matched',
            'the standing policy than by raw means that pause as many of the good'
        ),
        (
            'ours_less_naive_matched_late',
            'the standing policy than by such raw means of as many sessions as a warning takes'
        )
    ) as listed (rule, rule_words)

),

placed as (

    select
        budget.measure,
        budget.rule,
        budget.level,
        budget.fit_id,
        measures.unit,
        rules.rule_words,
        case budget.level
            when 'good' then 'good interviewers (above the line all year)'
            when 'truly_bad'
                then
                    'truly bad interviewers (' || targets.truly_bad_distance
                    || ' sd or more below the line all year)'
            when 'near_line' then 'interviewers near the line (neither good nor truly bad)'
            else 'warned interviewers who are ' || budget.level || ' sd above the line from then on'
        end as level_words,
        measures.measure_position,
        budget.estimate,
        budget.estimate_low,
        budget.estimate_high,
        case
            when budget.measure = 'paused_share' and budget.rule = 'ours' and budget.level = 'good'
                then targets.most_false_pauses
            when budget.measure = 'paused_gain' then 0
            when budget.measure = 'way_back_left_share' then targets.way_back_prob
        end as target
    from budget
    cross join targets
    inner join measures
        on budget.measure = measures.measure
    inner join rules
        on budget.rule = rules.rule

),

worded as (

    select
        *,
        case
            when estimate is null and measure in ('weeks_to_warning', 'weeks_to_pause')
                then 'it happens to none of the ' || level_words || ', by ' || rule_words
            when estimate is null then 'no year of the simulation is that of such interviewers'
            when measure = 'line' and rule = 'ours'
                then 'quality below which more candidates leave than is acceptable'
            when measure = 'line' then 'line of ' || rule_words
            when measure = 'years_share' then {{ share }} || 'years are those of ' || level_words
            when measure = 'paused_share'
                then {{ share }} || level_words || ' are paused within the year, by ' || rule_words
            when measure = 'warned_share'
                then {{ share }} || level_words || ' are warned within the year, by ' || rule_words
            when measure in ('paused_gain', 'warned_gain')
                then
                    to_char(100 * abs(estimate), 'FM990.00') || ' points '
                    || case when estimate < 0 then 'fewer' else 'more' end
                    || ' of the ' || level_words || ' are '
                    || case measure when 'paused_gain' then 'paused' else 'warned' end
                    || ', by ' || rule_words
            when measure = 'warnings_per_year'
                then
                    to_char(100 * estimate, 'FM990.00') || ' warnings a year for a hundred '
                    || level_words || ', by ' || rule_words
            when measure = 'weeks_to_warning'
                then
                    'half of the warnings of ' || level_words || ' come by week '
                    || to_char(estimate, 'FM990') || ', by ' || rule_words
            when measure = 'weeks_to_pause'
                then
                    'half of the pauses of ' || level_words || ' come by week '
                    || to_char(estimate, 'FM990') || ', by ' || rule_words
            when measure = 'way_back_left_share'
                then {{ share }} || level_words || ' leave the warning within the sessions told'
            else {{ share }} || level_words || ' see a pause before they have left the warning'
        end as meaning
    from placed

)

select
    worded.measure,
    worded.rule,
    worded.level,
    worded.fit_id,
    worded.unit,
    worded.meaning,
    worded.measure_position,
    round(worded.estimate::numeric, 5)::numeric(9, 5) as estimate,
    round(worded.estimate_low::numeric, 5)::numeric(9, 5) as estimate_low,
    round(worded.estimate_high::numeric, 5)::numeric(9, 5) as estimate_high,
    worded.target::numeric(6, 3) as target,
    case worded.measure
        when 'paused_share' then worded.estimate <= worded.target
        when 'paused_gain' then worded.estimate >= worded.target
        when 'way_back_left_share'
            then abs(worded.estimate - worded.target) <= {{ var('way_back_tolerance') }}
    end as is_met,
    clock.as_of
from worded
cross join clock
