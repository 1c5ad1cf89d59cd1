with

clock as (

    select * from {{ source('run', 'clock') }}

),

availability as (

    select * from {{ ref('stg_scheduling__availability') }}

),

commitments as (

    select * from {{ ref('fct_commitments') }}

),

offers as (

    select * from {{ ref('fct_offers_made') }}

),

-- Who was asked for that time and has not said yes: the answer is still out, or was no.
asked as (

    select distinct
        interviewer_id,
        slot_start_at
    from offers
    where offer_state <> 'accepted'

),

timeline as (

    select
        interviewer_id,
        interview_type,
        true as is_slot,
        slot_start as starts_at
    from availability

    union all

    select
        interviewer_id,
        interview_type,
        false as is_slot,
        starts_at
    from commitments

),

-- A slot and an interview are equally long: they overlap where less than that lies between
-- their starts. One window, as a join of the two by time would grow with their product.
occupied as (

    select
        *,
        count(*) filter (where not is_slot) over (
            partition by interviewer_id
            order by starts_at
            {{ within_minutes_around(var('slot_minutes')) }}
        ) as n_commitments_then
    from timeline

)

select
    occupied.interviewer_id,
    occupied.interview_type,
    occupied.n_commitments_then > 0 as is_taken,
    asked.interviewer_id is not null as has_been_asked,
    occupied.starts_at > clock.as_of
    and occupied.n_commitments_then = 0
    and asked.interviewer_id is null as is_open,
    occupied.starts_at as slot_start_at
from occupied
cross join clock
left join asked
    on occupied.interviewer_id = asked.interviewer_id
        and occupied.starts_at = asked.slot_start_at
where occupied.is_slot
