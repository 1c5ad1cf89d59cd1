with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

slots as (

    select * from {{ ref('fct_open_slots') }}

),

requests as (

    select * from {{ ref('fct_booking_requests') }}

),

thresholds as (

    select * from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as in_force

),

-- The days over which supply and demand are counted, up to now: what is open later may yet change.
period as (

    select
        clock.as_of,
        thresholds.value as days,
        clock.as_of - thresholds.value * interval '1 day' as starts_at
    from clock
    cross join thresholds
    where thresholds.threshold = 'shortage_days'

),

active as (

    select count(*) as n
    from interviewers
    cross join clock
    where not interviewers.has_left
        and interviewers.joined_at <= clock.as_of

),

blocks as (

    select
        slots.interview_type,
        slots.slot_start_at,
        count(*) as n_available
    from slots
    cross join period
    where slots.slot_start_at > period.starts_at
        and slots.slot_start_at <= period.as_of
    group by 1, 2  -- noqa: AM06

),

supply as (

    select
        sum(n_available) as n_slots,
        count(*) as n_blocks
    from blocks

),

demand as (

    select count(*) as n
    from requests
    cross join period
    where requests.slot_start_at > period.starts_at
        and requests.slot_start_at <= period.as_of

),

measured as (

    select
        'n_interviewers' as measure,
        active.n::numeric as value
    from active

    union all

    select
        'open_slots' as measure,
        supply.n_slots / (period.days / 7 * nullif(active.n, 0))::numeric as value
    from supply
    cross join active
    cross join period

    union all

    select
        'capacity_ratio' as measure,
        supply.n_slots / nullif(demand.n, 0) as value
    from supply
    cross join demand

    union all

    select
        'available_per_block' as measure,
        supply.n_slots / nullif(supply.n_blocks, 0) as value
    from supply

    union all

    select
        threshold as measure,
        value::numeric as value
    from thresholds
    where threshold in ('newcomer_share', 'newcomer_sessions', 'newcomer_weekly')

)

select
    measure,
    round(value, 6)::double precision as value
from measured
