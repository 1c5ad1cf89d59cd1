with

sessions as (

    select * from {{ ref('fct_sessions') }}
    where kind = 'mock'

),

accepted_offers as (

    select * from {{ ref('fct_offers_made') }}
    where offer_state = 'accepted'
        and slot_start_at is not null

),

promised as (

    select
        'session' as commitment_kind,
        session_id as commitment_id,
        interviewer_id,
        candidate_id,
        interview_type,
        status <> 'cancelled' as is_kept,
        session_start_at as starts_at
    from sessions

    union all

    select
        'offer' as commitment_kind,
        offer_id as commitment_id,
        interviewer_id,
        candidate_id,
        interview_type,
        true as is_kept,
        slot_start_at as starts_at
    from accepted_offers

),

-- Nothing says which session an offer led to: it is the one of the same two people at that time.
-- From then on the session speaks, a cancelled one too.
met as (

    select
        *,
        count(*) filter (where commitment_kind = 'session') over (
            partition by interviewer_id, candidate_id
            order by starts_at
            {{ within_minutes_around(var('slot_minutes')) }}
        ) as n_sessions_then
    from promised

)

select
    commitment_kind,
    commitment_id,
    interviewer_id,
    candidate_id,
    interview_type,
    starts_at
from met
where is_kept
    and (commitment_kind = 'session' or n_sessions_then = 0)
