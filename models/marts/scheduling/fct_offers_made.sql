with

offers as (

    select * from {{ ref('stg_scheduling__offers') }}

),

requests as (

    select * from {{ ref('stg_scheduling__booking_requests') }}

)

select
    offers.offer_id,
    offers.request_id,
    offers.interviewer_id,
    requests.candidate_id,
    requests.interview_type,
    case
        when offers.accepted is null then 'open'
        when offers.accepted then 'accepted'
        else 'declined'
    end as offer_state,
    offers.offer_probability::double precision as offer_probability,
    requests.slot_start as slot_start_at,
    offers.offered_at
from offers
left join requests
    on offers.request_id = requests.request_id
