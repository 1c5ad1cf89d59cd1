-- The next request of a type and slot is offered to somebody, once: unless nobody there has room.
select
    interview_type,
    slot_start_at,
    sum(offer_probability) as total_prob
from {{ ref('fct_dispatch_order') }}
group by 1, 2
having sum(offer_probability) <> bool_or(has_room)::integer
    or min(offer_probability) < 0
