-- The set holds what is known now; publishing appends the rows that are not there yet.
{{ config(meta={'append_only': true}) }}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

offers_made as (

    select * from {{ ref('fct_offers_made') }}

),

proposals as (

    select * from {{ ref('fit_dispatch_proposals') }}
    where row_kind = 'offer'

),

requests as (

    select * from {{ ref('fct_booking_requests') }}

),

paused as (

    select interviewer_id
    from {{ ref('fct_interviewer_standing') }}
    where standing = 'paused'

),

rules as (

    select
        threshold,
        value,
        valid_from
    from {{ ref('policy_thresholds') }}
    where threshold like 'newcomer%'
        or threshold = 'most_per_week'

),

changes as (

    select distinct valid_from
    from rules

),

newest as (

    select
        changes.valid_from,
        rules.threshold,
        rules.value,
        row_number() over (
            partition by changes.valid_from, rules.threshold
            order by rules.valid_from desc, rules.threshold asc
        ) as recency_rank
    from changes
    inner join rules
        on changes.valid_from >= rules.valid_from

),

policies as (

    select
        valid_from,
        lead(valid_from) over (order by valid_from) as valid_to,
        jsonb_object_agg(threshold, value)::text as policy_in_force
    from newest
    where recency_rank = 1
    group by 1

),

-- A proposal of the fit in force whose request is served by now, or past, is none any more; nor is
-- one to who is paused, which the batch, matched before standings are known, cannot see.
unioned as (

    select
        offer_id,
        offer_state,
        request_id,
        interviewer_id,
        interview_type,
        case when offer_probability is not null then 'logged' end as probability_is,
        null::text as reason,
        null::text as fit_id,
        null::bigint as seed,
        null::integer as rank,
        offer_probability,
        case offer_state when 'accepted' then true when 'declined' then false end
            as accepted,
        null::boolean as is_newcomer_share,
        slot_start_at,
        offered_at
    from offers_made

    union all

    select
        'proposal-' || md5(
            concat_ws(
                '|',
                requests.request_id,
                proposals.interviewer_id,
                proposals.seed,
                round(proposals.offer_probability::numeric, 6)
            )
        ) as offer_id,
        'proposed' as offer_state,
        requests.request_id,
        proposals.interviewer_id,
        requests.interview_type,
        proposals.probability_is,
        proposals.reason,
        proposals.fit_id,
        proposals.seed,
        proposals.rank::integer as rank,
        proposals.offer_probability,
        null::boolean as accepted,
        proposals.is_newcomer_share::boolean as is_newcomer_share,
        requests.slot_start_at,
        proposals.trained_through as offered_at
    from proposals
    inner join requests
        on proposals.level = requests.request_id
    left join paused
        on proposals.interviewer_id = paused.interviewer_id
    where requests.is_open
        and paused.interviewer_id is null

)

select
    unioned.offer_id,
    unioned.offer_state,
    unioned.request_id,
    unioned.interviewer_id,
    unioned.interview_type,
    unioned.probability_is,
    unioned.reason,
    policies.policy_in_force,
    unioned.fit_id,
    unioned.seed,
    unioned.rank,
    round(unioned.offer_probability::numeric, 6)::numeric(9, 6) as offer_probability,
    unioned.accepted,
    unioned.is_newcomer_share,
    unioned.slot_start_at,
    unioned.offered_at,
    clock.as_of
from unioned
cross join clock
left join policies
    on unioned.offered_at >= policies.valid_from
        and (policies.valid_to is null or unioned.offered_at < policies.valid_to)
