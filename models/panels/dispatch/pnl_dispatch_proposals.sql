{%- set no_text = 'null::text' %}
{%- set no_instant = 'null::timestamptz' %}
{%- set no_number = 'null::double precision' %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

open_slots as (

    select * from {{ ref('fct_open_slots') }}
    where is_open

),

-- Where somebody is asked already, the answer comes first.
requests as (

    select * from {{ ref('fct_booking_requests') }}
    where is_open
        and not has_open_offer

),

commitments as (

    select * from {{ ref('fct_commitments') }}

),

qualities as (

    select * from {{ ref('int_qualities_of_all_time') }}
    where moment = 'as_of'

),

thresholds as (

    select * from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as in_force
    where threshold like 'newcomer%'
        or threshold = 'most_per_week'

),

wanted as (

    select distinct
        interview_type,
        slot_start_at
    from requests

),

slots as (

    select
        open_slots.interviewer_id,
        open_slots.interview_type,
        open_slots.slot_start_at
    from open_slots
    inner join wanted
        on open_slots.interview_type = wanted.interview_type
            and open_slots.slot_start_at = wanted.slot_start_at
    inner join interviewers
        on open_slots.interviewer_id = interviewers.interviewer_id
    cross join clock
    where not interviewers.has_left
        and interviewers.joined_at <= clock.as_of
        and open_slots.slot_start_at < coalesce(interviewers.left_at, 'infinity')

),

weeks as (

    select distinct
        interviewer_id,
        date_trunc('week', slot_start_at, 'UTC') as week_start_at
    from slots

),

loads as (

    select
        weeks.interviewer_id,
        weeks.week_start_at,
        count(commitments.commitment_id) as n_this_week
    from weeks
    left join commitments
        on weeks.interviewer_id = commitments.interviewer_id
            and weeks.week_start_at = date_trunc('week', commitments.starts_at, 'UTC')
    group by 1, 2  -- noqa: AM06

),

askers as (

    select distinct candidate_id
    from requests

),

pairings as (

    select distinct
        commitments.candidate_id,
        commitments.interviewer_id
    from commitments
    inner join askers
        on commitments.candidate_id = askers.candidate_id

),

unioned as (

    select
        'request' as row_kind,
        request_id,
        candidate_id,
        {{ no_text }} as interviewer_id,
        interview_type,
        {{ no_text }} as threshold,
        {{ no_number }} as quality_mean,
        {{ no_number }} as quality_sd,
        {{ no_number }} as value,
        null::bigint as n_rated,
        null::bigint as n_this_week,
        slot_start_at,
        {{ no_instant }} as week_start_at
    from requests

    union all

    select
        'slot' as row_kind,
        {{ no_text }} as request_id,
        {{ no_text }} as candidate_id,
        interviewer_id,
        interview_type,
        {{ no_text }} as threshold,
        {{ no_number }} as quality_mean,
        {{ no_number }} as quality_sd,
        {{ no_number }} as value,
        null::bigint as n_rated,
        null::bigint as n_this_week,
        slot_start_at,
        {{ no_instant }} as week_start_at
    from slots

    union all

    select
        'interviewer' as row_kind,
        {{ no_text }} as request_id,
        {{ no_text }} as candidate_id,
        loads.interviewer_id,
        {{ no_text }} as interview_type,
        {{ no_text }} as threshold,
        qualities.quality_all_time::double precision as quality_mean,
        qualities.quality_all_time_sd::double precision as quality_sd,
        {{ no_number }} as value,
        qualities.n_rated_total::bigint as n_rated,
        loads.n_this_week,
        {{ no_instant }} as slot_start_at,
        loads.week_start_at
    from loads
    inner join qualities
        on loads.interviewer_id = qualities.interviewer_id

    union all

    select
        'pairing' as row_kind,
        {{ no_text }} as request_id,
        candidate_id,
        interviewer_id,
        {{ no_text }} as interview_type,
        {{ no_text }} as threshold,
        {{ no_number }} as quality_mean,
        {{ no_number }} as quality_sd,
        {{ no_number }} as value,
        null::bigint as n_rated,
        null::bigint as n_this_week,
        {{ no_instant }} as slot_start_at,
        {{ no_instant }} as week_start_at
    from pairings

    union all

    select
        'rule' as row_kind,
        {{ no_text }} as request_id,
        {{ no_text }} as candidate_id,
        {{ no_text }} as interviewer_id,
        {{ no_text }} as interview_type,
        threshold,
        {{ no_number }} as quality_mean,
        {{ no_number }} as quality_sd,
        value,
        null::bigint as n_rated,
        null::bigint as n_this_week,
        {{ no_instant }} as slot_start_at,
        {{ no_instant }} as week_start_at
    from thresholds

)

select
    md5(
        concat_ws(
            '|',
            row_kind,
            request_id,
            candidate_id,
            interviewer_id,
            interview_type,
            threshold,
            extract(epoch from slot_start_at),
            extract(epoch from week_start_at)
        )
    ) as row_id,
    *
from unioned
