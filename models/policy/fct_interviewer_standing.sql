-- noqa: disable=LT02
{#- What each track is called in a sentence, and what is counted as evidence of it. -#}
{%- set says = {
    'below_line': 'quality below the line',
    'too_strict': 'verdicts too strict',
    'too_lenient': 'verdicts too lenient',
} %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

standings as (

    select * from {{ ref('int_standings_now') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

scores as (

    select * from {{ ref('fct_experience_scores') }}

),

thresholds as (

    select
        max(value) filter (where threshold = 'clear_prob') as clear_prob,
        max(value) filter (where threshold = 'warn_prob') as warn_prob,
        max(value) filter (where threshold = 'pause_prob') as pause_prob
    from {{ ref('fct_thresholds_in_force') }}

),

ways_back as (

    select * from {{ ref('fit_way_back') }}
    where level = 'peer_median'

),

-- The track that speaks: the one of the recommendation, else the one of the highest probability.
spoken as (

    select
        standings.interviewer_id,
        worst.says,
        worst.prob,
        worst.warn_run,
        worst.pause_run,
        worst.n_evidence,
        worst.n_since_warning,
        worst.evidence,
        worst.visible_since
    from standings
    cross join lateral (
        select *
        from (
            values
            {%- for track, kind in standing_tracks() %}
            (
                '{{ track }}',
                '{{ says[track] }}',
                standings.counted_{{ track }},
                standings.warn_run_{{ track }},
                standings.pause_run_{{ track }},
                standings.n_{{ kind }},
                standings.n_{{ kind }} - standings.n_warned_{{ kind }},
                '{{ "rated sessions" if kind == "rated" else "judged mocks" }}',
                standings.visible_since_{{ kind }},
                {{ loop.index }}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        ) as tracks (
            track, says, prob, warn_run, pause_run, n_evidence, n_since_warning, evidence,
            visible_since, place
        )
        order by
            (tracks.track = standings.recommended_for) desc nulls last,  -- noqa: RF03
            tracks.prob desc nulls last,
            tracks.place asc
        limit 1
    ) as worst

),

worded as (

    select
        standings.*,
        {{ longest_run('standings') }} as evaluations_in_a_row,
        spoken.warn_run,
        spoken.pause_run,
        spoken.n_since_warning,
        thresholds.clear_prob,
        thresholds.warn_prob,
        thresholds.pause_prob,
        to_char(standings.since_at at time zone 'UTC', 'YYYY-MM-DD') as since_text,
        spoken.says || ' with probability '
        -- Nothing is as sure as 1.00 says.
        || case when spoken.prob > 0.99 then 'above 0.99' else round(spoken.prob, 2)::text end
        || ' on ' || spoken.n_evidence || ' ' || spoken.evidence as finding,
        to_char(spoken.visible_since at time zone 'UTC', 'YYYY-MM-DD') as visible_text,
        case
            when standings.standing = 'warned' then 'leaving the warning'
            else 'being in good standing again'
        end as aim
    from standings
    inner join spoken
        on standings.interviewer_id = spoken.interviewer_id
    cross join thresholds

)

select
    worded.interviewer_id,
    scores.fit_id,
    worded.standing,
    worded.recommended,
    worded.recommended_for,
    worded.recommended_since,
    case
        when worded.recommended = 'pause'
            then
                worded.finding || '; above ' || round(worded.pause_prob::numeric, 2) || ' at '
                || worded.pause_run || ' evaluations in a row, with ' || worded.n_since_warning
                || ' more since the warning of ' || worded.since_text
        when worded.recommended = 'warn'
            then
                worded.finding || '; above ' || round(worded.warn_prob::numeric, 2) || ' at '
                || worded.warn_run || ' evaluations in a row; visible to the person since '
                || worded.visible_text
        when worded.recommended = 'reinstate'
            then
                'late, corrected or excused ratings clear the person; paused since '
                || worded.since_text
        when worded.standing = 'paused' then 'paused by a decision of ' || worded.since_text
        when worded.standing = 'warned'
            then
                'warned by a decision of ' || worded.since_text
                || coalesce('; ' || worded.finding, '')
        when worded.finding is not null then worded.finding
        when worded.evaluated_week is null then 'the standing policy has not begun'
        when worded.n_rated < {{ var('min_rated_sessions') }}
            then
                'needs {{ var("min_rated_sessions") }} rated sessions, has ' || worded.n_rated
        when worded.line is not null or worded.visible_since_mocks is not null
            then
                'no evaluation has counted since ' || worded.since_text
                || ': it takes new sessions'
        else 'there is no line, and nothing to say of the verdicts'
    end as reason,
    'From ' || to_char(ways_back.trained_through at time zone 'UTC', 'YYYY-MM-DD') || ' on, '
    || case
        when ways_back.n_sessions is null
            then
                'no number of rated sessions up to {{ var("way_back_most_sessions") }}'
                || ' at a mean of ' || ways_back.mean::numeric(6, 2)
                || ', the middle of your peers, gives a chance of '
                || round(100 * ways_back.way_back_prob) || ' % of ' || worded.aim
                || ' before a pause would be recommended; the chance is '
                || least(99, greatest(1, round(100 * ways_back.simulated_prob))) || ' %.'
        else
            ways_back.n_sessions || ' rated sessions at a mean of ' || ways_back.mean::numeric(6, 2)
            || ', the middle of your peers, give a chance of '
            || case
                when
                    ways_back.simulated_prob
                    > ways_back.way_back_prob + {{ var('way_back_tolerance') }}
                    then 'more than '
                else ''
            end
            || round(100 * ways_back.way_back_prob) || ' % of ' || worded.aim || '.'
    end
    || case
        -- Verdicts hold a person back as well, and sessions do not mend them by their ratings.
        when greatest(worded.counted_too_strict, worded.counted_too_lenient) > worded.clear_prob
            then
                ' Your verdicts must come back in line, too: they look too '
                || case
                    when worded.counted_too_strict >= coalesce(worded.counted_too_lenient, 0)
                        then 'strict'
                    else 'lenient'
                end || '.'
        else ''
    end as way_back,
    worded.counted_below_line::numeric(4, 3) as prob_below_line,
    worded.counted_too_strict::numeric(4, 3) as prob_too_strict,
    worded.counted_too_lenient::numeric(4, 3) as prob_too_lenient,
    worded.line,
    worded.evaluations_in_a_row,
    worded.n_rated,
    worded.n_mocks,
    ways_back.n_sessions::integer as way_back_sessions,
    ways_back.mean::numeric(6, 2) as way_back_mean,
    ways_back.way_back_prob::numeric(4, 3) as way_back_prob,
    ways_back.simulated_prob::numeric(4, 3) as way_back_simulated_prob,
    worded.is_short as is_needed,
    interviewers.has_left,
    worded.evaluated_week,
    worded.since_at as since,
    ways_back.trained_through as way_back_from_at,
    clock.as_of
from worded
inner join interviewers
    on worded.interviewer_id = interviewers.interviewer_id
inner join scores
    on worded.interviewer_id = scores.interviewer_id
left join ways_back
    on worded.interviewer_id = ways_back.interviewer_id
        and worded.standing in ('warned', 'watch')
cross join clock
