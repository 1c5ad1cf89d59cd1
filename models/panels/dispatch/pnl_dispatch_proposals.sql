-- noqa: disable=LT02
{%- set columns = {
    'request_id': 'text',
    'candidate_id': 'text',
    'interviewer_id': 'text',
    'interview_type': 'text',
    'threshold': 'text',
    'quality_mean': 'double precision',
    'quality_sd': 'double precision',
    'value': 'double precision',
    'n_rated': 'bigint',
    'n_this_week': 'bigint',
    'slot_start_at': 'timestamptz',
    'week_start_at': 'timestamptz',
} %}
{#- What each kind of row says; its other columns are null. -#}
{%- set kinds = [
    ('request', 'requests', ['request_id', 'candidate_id', 'interview_type', 'slot_start_at']),
    ('slot', 'slots', ['interviewer_id', 'interview_type', 'slot_start_at']),
    (
        'interviewer', 'offered',
        ['interviewer_id', 'quality_mean', 'quality_sd', 'n_rated', 'n_this_week', 'week_start_at']
    ),
    ('pairing', 'pairings', ['candidate_id', 'interviewer_id']),
    ('rule', 'thresholds', ['threshold', 'value']),
] %}
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

offered as (

    select
        loads.interviewer_id,
        loads.week_start_at,
        loads.n_this_week,
        qualities.quality_all_time as quality_mean,
        qualities.quality_all_time_sd as quality_sd,
        qualities.n_rated_total as n_rated
    from loads
    inner join qualities
        on loads.interviewer_id = qualities.interviewer_id

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

    {% for row_kind, relation, known in kinds -%}
    {% if not loop.first %}
    union all

    {% endif -%}
    select
        '{{ row_kind }}' as row_kind,
        {%- for column, type in columns.items() %}
        {{ column if column in known else 'null' }}::{{ type }}
            as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {% endfor %}
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
