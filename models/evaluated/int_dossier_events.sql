with

walked as (

    select * from {{ ref('int_standings_walked') }}

),

weeks as (

    select * from {{ ref('int_thresholds_by_week') }}

),

decisions as (

    select * from {{ ref('fct_standing_decisions') }}

),

-- A recommendation that stands for weeks is one event: the Monday on which it was first made.
recommended as (

    select
        'r-' || walked.interviewer_id || '-' || weeks.week_date || '-' || walked.recommended
            as dossier_id,
        'recommendation' as kind,
        walked.interviewer_id,
        walked.recommended as action,
        walked.recommended_for,
        null::text as decided_by,
        null::text as stated_reason,
        weeks.week_start_at as happened_at
    from walked
    inner join weeks
        on walked.step = weeks.step
    where walked.recommended_since = weeks.week_start_at

),

decided as (

    select
        'd-' || decision_id as dossier_id,
        'decision' as kind,
        interviewer_id,
        decision as action,
        null::text as recommended_for,
        decided_by,
        reason as stated_reason,
        decided_at as happened_at
    from decisions

),

unioned as (

    select * from recommended

    union all

    select * from decided

)

select
    *,
    -- The Monday of the evaluation it was made on.
    (date_trunc('week', happened_at, 'UTC') at time zone 'UTC')::date as week_date,
    date_trunc('week', happened_at, 'UTC') as week_start_at
from unioned
