{% set has_history = has_written_standings() %}
with

decisions as (

    select * from {{ ref('fct_standing_decisions') }}

),

weeks as (

    select * from {{ ref('int_thresholds_by_week') }}

),

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}
    where is_released

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

written as (

    {% if has_history -%}
    select
        max(week_date)::timestamp at time zone 'UTC' as newest_week_at,
        max(as_of) as newest_as_of
    from {{ written_standings() }} as written_weeks
    {%- else -%}
    select
        null::timestamptz as newest_week_at,
        null::timestamptz as newest_as_of
    {%- endif %}

),

heard as (

    select
        decisions.interviewer_id,
        max(decisions.decided_at) as decided_at
    from decisions
    inner join written
        on decisions.decided_at <= written.newest_week_at
            and decisions.known_at <= written.newest_as_of
    where decisions.decision not in ('outreach', 'appeal_rejected', 'dismiss')
    group by 1  -- noqa: AM06

),

-- What the written weeks do not know: decisions since the newest of them, and older ones that
-- became known only after it was written. Those count from the first week that is told now, unless
-- people have set the standing anew since: of two decisions the later one holds, whichever is heard
-- first.
unheard as (

    select
        decisions.*,
        coalesce(
            (
                select min(weeks.step)
                from weeks
                where weeks.week_start_at >= decisions.decided_at
            ),
            0
        ) as step
    from decisions
    cross join written
    left join heard
        on decisions.interviewer_id = heard.interviewer_id
    where (
        written.newest_week_at is null
        or decisions.decided_at > written.newest_week_at
        or decisions.known_at > written.newest_as_of
    )
    and (
        decisions.decision in ('outreach', 'appeal_rejected')
        or heard.decided_at is null
        or decisions.decided_at >= heard.decided_at
    )

),

rated_then as (

    select
        unheard.decision_id,
        count(ratings.session_id) as n_rated
    from unheard
    left join ratings
        on unheard.interviewer_id = ratings.interviewer_id
            and unheard.decided_at >= ratings.released_at
    group by 1

),

judged_then as (

    select
        unheard.decision_id,
        count(sessions.session_id) as n_mocks
    from unheard
    left join sessions
        on unheard.interviewer_id = sessions.interviewer_id
            and unheard.decided_at >= sessions.session_end_at
            and sessions.kind = 'mock'
            and sessions.status = 'completed'
            and sessions.verdict <> 'none'
    group by 1

),

-- The last decision that sets a standing outweighs the others of its week; a dismissal counts
-- where there is none.
placed as (

    select
        unheard.*,
        rated_then.n_rated,
        judged_then.n_mocks,
        row_number() over (
            partition by unheard.interviewer_id, unheard.step
            order by
                case
                    when unheard.decision in ('outreach', 'appeal_rejected') then 2
                    when unheard.decision = 'dismiss' then 1
                    else 0
                end,
                unheard.decided_at desc,
                unheard.decision_id desc
        ) as place,
        bool_or(unheard.decision = 'outreach') over (
            partition by unheard.interviewer_id, unheard.step
        ) as has_reached_out
    from unheard
    inner join rated_then
        on unheard.decision_id = rated_then.decision_id
    inner join judged_then
        on unheard.decision_id = judged_then.decision_id

)

-- Step 0 is after the last Monday that is told.
select
    interviewer_id,
    step,
    case when decision not in ('outreach', 'appeal_rejected') then decision end as decision,
    decided_at,
    n_rated::integer as n_rated_decided,
    n_mocks::integer as n_mocks_decided,
    has_reached_out
from placed
where place = 1
