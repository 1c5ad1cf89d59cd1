with

clock as (

    select * from {{ source('run', 'clock') }}

),

requests as (

    select * from {{ ref('stg_scheduling__booking_requests') }}

),

offers as (

    select * from {{ ref('fct_offers_made') }}

),

answered as (

    select
        request_id,
        count(*)::integer as n_offers,
        bool_or(offer_state = 'accepted') as is_served,
        bool_or(offer_state = 'open') as has_open_offer
    from offers
    group by 1

)

select
    requests.request_id,
    requests.candidate_id,
    requests.interview_type,
    coalesce(answered.n_offers, 0) as n_offers,
    coalesce(answered.is_served, false) as is_served,
    requests.slot_start > clock.as_of and not coalesce(answered.is_served, false) as is_open,
    coalesce(answered.has_open_offer, false) as has_open_offer,
    requests.slot_start as slot_start_at,
    requests.requested_at
from requests
cross join clock
left join answered
    on requests.request_id = answered.request_id
