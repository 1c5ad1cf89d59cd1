with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

thresholds as (

    select * from {{ ref('policy_thresholds') }}

),

tiers as (

    select * from {{ ref('employer_tiers') }}

),

in_force as (

    select distinct on (thresholds.threshold)
        thresholds.threshold,
        thresholds.value
    from thresholds
    cross join clock
    where thresholds.valid_from <= clock.as_of
    order by thresholds.threshold asc, thresholds.valid_from desc

),

minimums as (

    select
        max(value) filter (where threshold = 'min_years_experience') as years_experience,
        max(value) filter (where threshold = 'min_interviews_conducted')
            as interviews_conducted
    from in_force

),

-- What was not handed over is unknown, not unmet: it stays null and is named in the reason.
judged as (

    select
        interviewers.interviewer_id,
        tiers.is_eligible as meets_employer,
        interviewers.years_experience >= minimums.years_experience as meets_experience,
        interviewers.interviews_conducted >= minimums.interviews_conducted
            as meets_interviews
    from interviewers
    cross join minimums
    left join tiers
        on interviewers.employer_tier = tiers.employer_tier

)

select
    judged.interviewer_id,
    coalesce(
        nullif(
            concat_ws(
                '; ',
                case when not judged.meets_employer then 'employer is not on the list' end,
                case when not judged.meets_experience then 'too few years of experience' end,
                case
                    when not judged.meets_interviews
                        then 'too few interviews held at the employer'
                end,
                case when judged.meets_employer is null then 'employer unknown' end,
                case
                    when judged.meets_experience is null
                        then 'years of experience unknown'
                end,
                case
                    when judged.meets_interviews is null
                        then 'interviews held at the employer unknown'
                end
            ),
            ''
        ),
        'meets every criterion'
    ) as reason,
    judged.meets_employer,
    judged.meets_experience,
    judged.meets_interviews,
    judged.meets_employer and judged.meets_experience and judged.meets_interviews
        as is_eligible,
    clock.as_of
from judged
cross join clock
