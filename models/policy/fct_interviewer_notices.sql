-- noqa: disable=LT02
{%- set day = "'YYYY-MM-DD'" %}
{%- set chance = "least(99, greatest(1, round(100 * %s))) || ' %%.'" %}
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

-- What keeps a person from good standing, a sentence for each.
found as (

    select
        standings.*,
        case when standings.prob_below_line > thresholds.clear_prob
                then
                    ' Where quality is below ' || standings.line || ', too many candidates leave;'
                    || ' the chance that yours is below it is '
                    || {{ chance | format('standings.prob_below_line') }}
        end as line_sentence
        {%- for side in ['strict', 'lenient'] %},
        case when standings.prob_too_{{ side }} > thresholds.clear_prob
                then
                    ' Your verdicts look too {{ side }} beside those of the companies; the chance'
                    || ' that they are is ' || {{ chance | format('standings.prob_too_' ~ side) }}
        end as {{ side }}_sentence
        {%- endfor %}
    from standings
    cross join thresholds

),

-- Bad news comes while nothing is decided yet: near the line, and when the score falls.
worded as (

    select
        standings.interviewer_id,
        'near_line' as notice,
        'Your experience score is ' || coalesce(scores.experience_score::text, 'not published')
        || '.' || standings.line_sentence || ' No warning or pause is in force.'
        || coalesce(nudged.sentence, '') as text,
        standings.since
    from found as standings
    inner join scores
        on standings.interviewer_id = scores.interviewer_id
    left join nudged
        on standings.interviewer_id = nudged.interviewer_id
    where standings.standing = 'watch'
        and standings.line_sentence is not null

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
        ltrim(sides.sentence) || ' No warning or pause is in force.' as text,
        standings.since
    from found as standings
    cross join lateral (
        values ('strict', standings.strict_sentence), ('lenient', standings.lenient_sentence)
    ) as sides (side, sentence)
    where standings.standing = 'watch'
        and sides.sentence is not null

    union all

    select
        standings.interviewer_id,
        standings.standing as notice,
        case standings.standing
            when 'warned'
                then 'You were warned on ' || to_char(standings.since at time zone 'UTC', {{ day }})
            else
                'You have been paused since '
                || to_char(standings.since at time zone 'UTC', {{ day }})
                || ' and are offered no sessions'
        end || '.'
        || concat(standings.line_sentence, standings.strict_sentence, standings.lenient_sentence)
        || case
            when standings.recommended = 'reinstate'
                then ' Reinstating you is recommended; a person has yet to decide.'
            when standings.standing = 'paused' then ' You may appeal.'
            when standings.recommended = 'pause'
                then ' A pause is recommended; a person has yet to decide.'
            else
                ' Every rated session and every verdict since then counts towards leaving the'
                || ' warning.' || coalesce(' ' || standings.way_back, '')
        end
        || coalesce(nudged.sentence, '') as text,
        standings.since
    from found as standings
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
        || ': everybody who joins attends one.' as text,
        onboarding.due_since as since
    from standings
    inner join onboarding
        on standings.interviewer_id = onboarding.interviewer_id
    where onboarding.is_due

),

hashed as (

    select
        worded.*,
        standings.fit_id,
        warnings.way_back_sessions,
        warnings.way_back_mean,
        warnings.way_back_prob,
        nudged.factor as nudge_factor,
        nudged.cost as nudge_cost,
        md5(concat_ws('|', worded.interviewer_id, worded.notice, worded.text, worded.since))
            as row_hash
    from worded
    inner join standings
        on worded.interviewer_id = standings.interviewer_id
    left join standings as warnings
        on worded.interviewer_id = warnings.interviewer_id
            and worded.notice = 'warned'
            and warnings.recommended is distinct from 'pause'
    left join nudged
        on worded.interviewer_id = nudged.interviewer_id

)

select
    hashed.interviewer_id,
    hashed.fit_id,
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
