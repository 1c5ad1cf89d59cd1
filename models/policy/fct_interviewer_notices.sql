-- noqa: disable=LT02
{%- set day = "'YYYY-MM-DD'" %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

standings as (

    select * from {{ ref('fct_interviewer_standing') }}
    where not has_left

),

scores as (

    select * from {{ ref('fct_experience_scores') }}

),

onboarding as (

    select * from {{ ref('fct_onboarding_due') }}

),

nudges as (

    select * from {{ ref('int_nudges') }}

),

falls as (

    select * from {{ ref('int_score_falls') }}

),

thresholds as (

    select max(value) filter (where threshold = 'clear_prob') as clear_prob
    from {{ ref('fct_thresholds_in_force') }}

),

before as (

    {% if has_published('interviewer_notices_before', 'published_policy') -%}
    select * from {{ source('published_policy', 'interviewer_notices_before') }}
    {%- else -%}
    select
        null::text as interviewer_id,
        null::text as notice,
        null::text as row_hash,
        null::timestamptz as changed_since
    where false
    {%- endif %}

),

nudged as (

    select
        interviewer_id,
        factor,
        cost,
        ' What costs you most against your peers is "' || label || '": candidates give you ' || mean
        || ', the middle of your peers ' || peer_median || '.' as sentence
    from nudges

),

-- Bad news comes while nothing is decided yet: near the line, and when the score falls.
worded as (

    select
        standings.interviewer_id,
        'near_line' as notice,
        'Your experience score is ' || coalesce(scores.experience_score::text, 'not published')
        || '. Quality below ' || standings.line
        || ' makes too many candidates leave; the chance that yours is below it is '
        || least(99, greatest(1, round(100 * standings.prob_below_line)))
        || ' %. Nothing has been decided.'
        || coalesce(nudged.sentence, '') as text,
        standings.since
    from standings
    cross join thresholds
    inner join scores
        on standings.interviewer_id = scores.interviewer_id
    left join nudged
        on standings.interviewer_id = nudged.interviewer_id
    where standings.standing = 'watch'
        and standings.prob_below_line > thresholds.clear_prob

    union all

    select
        standings.interviewer_id,
        'score_fell' as notice,
        'Your experience score went from ' || falls.score_before || ' on ' || falls.week_before
        || ' to ' || falls.score_now || ' on ' || falls.week_now || '.'
        || coalesce(nudged.sentence, '') as text,
        falls.week_now::timestamp at time zone 'UTC' as since
    from standings
    inner join falls
        on standings.interviewer_id = falls.interviewer_id
    left join nudged
        on standings.interviewer_id = nudged.interviewer_id

    union all

    select
        standings.interviewer_id,
        'verdicts_too_' || sides.side as notice,
        'Your verdicts look too ' || sides.side || ' beside what companies decide on the same'
        || ' candidates; the chance of that is ' || least(99, greatest(1, round(100 * sides.prob)))
        || ' %. Nothing has been decided.' as text,
        standings.since
    from standings
    cross join thresholds
    cross join lateral (
        values ('strict', standings.prob_too_strict), ('lenient', standings.prob_too_lenient)
    ) as sides (side, prob)
    where standings.standing = 'watch'
        and sides.prob > thresholds.clear_prob

    union all

    select
        standings.interviewer_id,
        standings.standing as notice,
        case standings.standing
            when 'warned'
                then
                    'You were warned on ' || to_char(standings.since at time zone 'UTC', {{ day }})
                    || '. Every rated session since then counts towards leaving the warning.'
            else
                'You are paused since ' || to_char(standings.since at time zone 'UTC', {{ day }})
                || ' and are offered no sessions. You may appeal.'
        end
        || coalesce(' ' || case when standings.standing = 'warned' then standings.way_back end, '')
        || coalesce(nudged.sentence, '') as text,
        standings.since
    from standings
    left join nudged
        on standings.interviewer_id = nudged.interviewer_id
    where standings.standing in ('warned', 'paused')

    union all

    select
        standings.interviewer_id,
        'onboarding_due' as notice,
        'Please attend the next onboarding meeting'
        || coalesce(
            ', on ' || to_char(onboarding.next_meeting_at at time zone 'UTC', {{ day }}), ''
        )
        || ': everybody who joined since the last one must.' as text,
        onboarding.due_since as since
    from standings
    inner join onboarding
        on standings.interviewer_id = onboarding.interviewer_id
    where onboarding.is_due

),

hashed as (

    select
        worded.*,
        standings.way_back_sessions,
        standings.way_back_mean,
        standings.way_back_prob,
        nudged.factor as nudge_factor,
        nudged.cost as nudge_cost,
        md5(concat_ws('|', worded.interviewer_id, worded.notice, worded.text, worded.since))
            as row_hash
    from worded
    left join standings
        on worded.interviewer_id = standings.interviewer_id
            and worded.notice = 'warned'
    left join nudged
        on worded.interviewer_id = nudged.interviewer_id

)

select
    hashed.interviewer_id,
    hashed.notice,
    hashed.text,
    hashed.nudge_factor,
    hashed.nudge_cost,
    hashed.way_back_sessions,
    hashed.way_back_mean,
    hashed.way_back_prob,
    hashed.since,
    hashed.row_hash,
    -- An unchanged notice was sent already: reverse ETL sends what changed since its last run.
    coalesce(before.changed_since, clock.as_of) as changed_since,
    clock.as_of
from hashed
cross join clock
left join before
    on hashed.interviewer_id = before.interviewer_id
        and hashed.notice = before.notice
        and hashed.row_hash = before.row_hash
