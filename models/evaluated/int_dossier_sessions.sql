-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
with

events as (

    select * from {{ ref('int_dossier_events') }}

),

-- The last rated sessions that were released by the evaluation, as the warehouse knows them when
-- it writes the dossier.
windowed as (

    select
        events.dossier_id,
        last_ratings.*
    from events
    cross join lateral
        {{ last_released_ratings('events.interviewer_id', 'events.week_start_at') }} as last_ratings

)

select
    dossier_id,
    count(*)::integer as n_sessions,
    jsonb_agg(
        jsonb_build_object(
            'session_id', session_id,
            'ended_at', session_end_at at time zone 'UTC',
            {%- for factor in experience_factors() %}
            '{{ factor }}', {{ factor }},
            {%- endfor %}
            'adjustment', adjustment
        )
        order by session_end_at desc, session_id desc
    ) as sessions
from windowed
group by dossier_id
