with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

thresholds as (

    select * from {{ ref('fct_thresholds_in_force') }}

),

tiers as (

    select * from {{ newest_in_force(ref('employer_tiers'), 'employer_tier') }} as in_force

),

minimums as (

    select
        max(value) filter (where threshold = 'min_years_experience') as years_experience,
        max(value) filter (where threshold = 'min_interviews_conducted')
            as interviews_conducted
    from thresholds

),

-- What was not handed over is unknown, not unmet: it stays null and is named in the reason.
judged as (

    select
        interviewers.interviewer_id,
        interviewers.employer_tier,
        interviewers.years_experience,
        interviewers.interviews_conducted,
        minimums.years_experience as min_years_experience,
        minimums.interviews_conducted as min_interviews_conducted,
        tiers.is_eligible as meets_employer,
        interviewers.years_experience >= minimums.years_experience as meets_experience,
        interviewers.interviews_conducted >= minimums.interviews_conducted
            as meets_interviews
    from interviewers
    cross join minimums
    left join tiers
        on interviewers.employer_tier = tiers.employer_tier

),

worded as (

    select
        *,
        case
            when meets_employer then null
            when not meets_employer then 'employer is not on the list'
            when employer_tier is null then 'employer unknown'
            else 'no rule in force about employer tier ' || employer_tier
        end as employer_lacks,
        case
            when meets_experience then null
            when min_years_experience is null then 'no minimum of years in force'
            when not meets_experience
                then
                    'too few years of experience: ' || years_experience || ' of '
                    || min_years_experience
            else 'years of experience unknown'
        end as experience_lacks,
        case
            when meets_interviews then null
            when min_interviews_conducted is null then 'no minimum of interviews in force'
            when not meets_interviews
                then
                    'too few interviews held at the employer: ' || interviews_conducted
                    || ' of ' || min_interviews_conducted
            else 'interviews held at the employer unknown'
        end as interviews_lack
    from judged

)

select
    worded.interviewer_id,
    worded.employer_tier,
    coalesce(
        nullif(
            concat_ws(
                '; ', worded.employer_lacks, worded.experience_lacks, worded.interviews_lack
            ),
            ''
        ),
        'meets every criterion'
    ) as reason,
    worded.years_experience,
    worded.min_years_experience,
    worded.interviews_conducted,
    worded.min_interviews_conducted,
    worded.meets_employer,
    worded.meets_experience,
    worded.meets_interviews,
    worded.meets_employer and worded.meets_experience and worded.meets_interviews
        as is_eligible,
    null::text as fit_id,
    clock.as_of
from worded
cross join clock
