with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

slots as (

    select * from {{ ref('fct_open_slots') }}
    where is_open

),

commitments as (

    select * from {{ ref('fct_commitments') }}

),

qualities as (

    select * from {{ ref('fct_dispatch_quality') }}

),

standings as (

    select * from {{ ref('fct_interviewer_standing') }}

),

thresholds as (

    select * from {{ ref('fct_thresholds_in_force') }}

),

-- Without a row in force nothing is reserved, and nobody's week is full.
rules as (

    select
        coalesce(max(value) filter (where threshold = 'newcomer_share'), 0)::numeric
            as newcomer_share,
        coalesce(max(value) filter (where threshold = 'newcomer_sessions'), 0)
            as newcomer_sessions,
        coalesce(max(value) filter (where threshold = 'newcomer_weekly'), 0)
            as newcomer_weekly,
        coalesce(max(value) filter (where threshold = 'most_per_week'), 'infinity')
            as most_per_week
    from thresholds

),

-- Who may be asked at all.
active as (

    select interviewers.*
    from interviewers
    cross join clock
    left join standings
        on interviewers.interviewer_id = standings.interviewer_id
    where not interviewers.has_left
        and interviewers.joined_at <= clock.as_of
        and coalesce(standings.standing, 'new') <> 'paused'

),

loads as (

    select
        interviewer_id,
        date_trunc('week', starts_at, 'UTC') as week_start_at,
        count(*) as n_this_week
    from commitments
    group by 1, 2

),

-- Nothing that is handed over says which offers were reserved: each session that a newcomer has
-- in the week counts as one, so that the draw is for those who have none yet.
available as (

    select
        slots.interview_type,
        slots.slot_start_at,
        slots.interviewer_id,
        qualities.fit_id,
        qualities.quality_all_time,
        qualities.quality_all_time_sd,
        coalesce(qualities.n_rated_total, 0) as n_rated_total,
        coalesce(loads.n_this_week, 0) as n_this_week,
        rules.newcomer_share,
        coalesce(qualities.n_rated_total, 0) < rules.newcomer_sessions as is_newcomer,
        coalesce(loads.n_this_week, 0) < rules.most_per_week as has_room,
        coalesce(qualities.n_rated_total, 0) < rules.newcomer_sessions
        and coalesce(loads.n_this_week, 0)
        < least(rules.newcomer_weekly, rules.most_per_week)
        and rules.newcomer_share > 0 as is_in_draw,
        -- Equals are told apart by lot, another one in each slot.
        md5(
            concat_ws(
                '|',
                slots.interviewer_id,
                slots.interview_type,
                extract(epoch from slots.slot_start_at)
            )
        ) as lot
    from slots
    inner join active
        on slots.interviewer_id = active.interviewer_id
            and slots.slot_start_at < coalesce(active.left_at, 'infinity')
    cross join rules
    left join qualities
        on slots.interviewer_id = qualities.interviewer_id
    left join loads
        on slots.interviewer_id = loads.interviewer_id
            and date_trunc('week', slots.slot_start_at, 'UTC') = loads.week_start_at

),

ordered as (

    select
        *,
        row_number() over (
            partition by interview_type, slot_start_at
            order by quality_all_time desc nulls last, lot asc
        ) as rank,
        row_number() over (
            partition by interview_type, slot_start_at
            order by has_room desc, quality_all_time desc nulls last, lot asc
        ) as place_with_room,
        count(*) over (partition by interview_type, slot_start_at) as n_available,
        count(*) filter (where is_in_draw) over (partition by interview_type, slot_start_at)
            as n_in_draw
    from available

),

-- The rest of the probability is exact: what rounding takes from the draw goes to the first.
shared as (

    select
        *,
        has_room and place_with_room = 1 as is_first,
        round(newcomer_share / nullif(n_in_draw, 0), 6) as draw_prob,
        n_in_draw - is_in_draw::integer as n_others_in_draw
    from ordered

),

worded as (

    select
        *,
        case
            when is_first then 1 - n_others_in_draw * coalesce(draw_prob, 0)
            when is_in_draw then draw_prob
            else 0
        end::numeric(9, 6) as offer_probability,
        concat_ws(
            '; ',
            'ranked ' || rank || ' of ' || n_available || ' available by quality '
            || coalesce(to_char(quality_all_time, 'FM90.00'), 'that nobody knows yet')
            || coalesce(' (sd ' || to_char(quality_all_time_sd, 'FM90.00') || ')', ''),
            case
                when n_rated_total = 0 and quality_all_time is not null
                    then 'no rating yet: the mean of the platform stands in'
            end,
            case
                when not has_room
                    then 'not asked: has ' || n_this_week || ' sessions this week, the most'
                when is_first and rank > 1
                    then 'first to be asked: who ranks before has the most sessions this week'
                when is_first then 'first to be asked'
            end,
            case
                when is_in_draw
                    then
                        'newcomer with ' || n_rated_total || ' rated session'
                        || case when n_rated_total = 1 then '' else 's' end || ': '
                        || to_char(100 * newcomer_share, 'FM990')
                        || ' % of offers are drawn among newcomers, here ' || n_in_draw
                when is_newcomer and has_room
                    then 'newcomer with enough sessions this week: by rank alone'
            end
        ) as reason
    from shared

)

select
    worded.interview_type,
    worded.slot_start_at,
    worded.interviewer_id,
    worded.fit_id,
    worded.reason,
    md5(
        concat_ws(
            '|',
            worded.interview_type,
            extract(epoch from worded.slot_start_at),
            worded.interviewer_id,
            worded.rank,
            worded.offer_probability,
            worded.is_in_draw,
            worded.is_newcomer,
            worded.n_this_week,
            worded.reason
        )
    ) as row_hash,
    worded.rank::integer as rank,
    worded.offer_probability,
    worded.n_this_week::integer as n_this_week,
    worded.is_in_draw as is_newcomer_share,
    worded.is_newcomer,
    worded.has_room,
    clock.as_of
from worded
cross join clock
