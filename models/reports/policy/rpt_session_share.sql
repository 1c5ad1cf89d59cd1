with

clock as (

    select
        as_of,
        {{ days_after('as_of', -1 * var('health_period_days')) }} as period_start_at
    from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}
    where kind = 'mock'
        and status = 'completed'

),

qualities as (

    select * from {{ ref('int_qualities_of_all_time') }}
    where moment = 'period_start'

),

simulated as (

    select
        decile::integer as decile,
        max(fit_id) as fit_id,
        max(share) filter (where world = 'this_platform') as simulated_share,
        max(cumulative_share) filter (where world = 'this_platform')
            as simulated_cumulative_share,
        max(share) filter (where world = 'reference') as reference_share,
        max(cumulative_share) filter (where world = 'reference')
            as reference_cumulative_share
    from {{ ref('fit_session_share') }}
    group by 1

),

-- Everybody who was there at some time of the period. Who joined in it ranks at the prior, as
-- nothing was known of them; equals stand in the order of a hash.
ranked as (

    select
        interviewers.interviewer_id,
        ntile(10) over (
            order by qualities.quality_all_time desc, md5(interviewers.interviewer_id) asc
        ) as decile
    from interviewers
    cross join clock
    inner join qualities
        on interviewers.interviewer_id = qualities.interviewer_id
    where interviewers.joined_at <= clock.as_of
        and coalesce(interviewers.left_at, 'infinity') > clock.period_start_at
        and qualities.quality_all_time is not null

),

held as (

    select
        sessions.interviewer_id,
        count(*) as n_sessions
    from sessions
    cross join clock
    where sessions.session_end_at > clock.period_start_at
        and sessions.session_end_at <= clock.as_of
    group by 1

),

counted as (

    select
        ranked.decile,
        count(*) as n_interviewers,
        coalesce(sum(held.n_sessions), 0) as n_sessions
    from ranked
    left join held
        on ranked.interviewer_id = held.interviewer_id
    group by 1

),

-- All ten, whoever is there to fill them.
deciles as (

    select decile
    from generate_series(1, 10) as listed (decile)

),

shared as (

    select
        deciles.decile,
        coalesce(counted.n_interviewers, 0) as n_interviewers,
        coalesce(counted.n_sessions, 0) as n_sessions,
        coalesce(counted.n_sessions, 0)
        / nullif(sum(counted.n_sessions) over (), 0) as session_share,
        sum(coalesce(counted.n_sessions, 0)) over (order by deciles.decile)
        / nullif(sum(counted.n_sessions) over (), 0) as cumulative_share
    from deciles
    left join counted
        on deciles.decile = counted.decile

)

select
    shared.decile::integer as decile,
    shared.n_interviewers::integer as n_interviewers,
    shared.n_sessions::integer as n_sessions,
    round(shared.session_share, 4)::numeric(5, 4) as session_share,
    round(shared.cumulative_share, 4)::numeric(5, 4) as cumulative_share,
    round(simulated.simulated_share::numeric, 4)::numeric(5, 4) as simulated_share,
    round(simulated.simulated_cumulative_share::numeric, 4)::numeric(5, 4)
        as simulated_cumulative_share,
    round(simulated.reference_share::numeric, 4)::numeric(5, 4) as reference_share,
    round(simulated.reference_cumulative_share::numeric, 4)::numeric(5, 4)
        as reference_cumulative_share,
    simulated.fit_id,
    clock.period_start_at,
    clock.as_of
from shared
cross join clock
left join simulated
    on shared.decile = simulated.decile
