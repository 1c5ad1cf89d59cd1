-- noqa: disable=LT02
{% set has_history = has_written_standings() %}
{%- set seen_columns = ['week_date', 'line', 'is_short', 'n_rated', 'n_mocks'] %}
with

walked as (

    select * from {{ ref('int_standings_walked') }}

),

evaluations as (

    select * from {{ ref('int_weeks_evaluated') }}

),

decisions as (

    select * from {{ ref('int_decisions_by_week') }}
    where step = 0

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

told as (

    select
        walked.interviewer_id
        {%- for column in seen_columns %},
        evaluations.{{ column }}
        {%- endfor %}
        {%- for column, type, start in standing_state() %},
        walked.{{ column }}
        {%- endfor %}
    from walked
    inner join evaluations
        on walked.interviewer_id = evaluations.interviewer_id
            and walked.step = evaluations.step
    {%- if has_history %}

    union all

    select
        interviewer_id
        {%- for column in seen_columns %},
        {{ column }}
        {%- endfor %}
        {%- for column, type, start in standing_state() %},
        {{ column }}
        {%- endfor %}
    from {{ written_standings(newest_only=true) }} as written_weeks
    {%- endif %}

),

newest as (

    select distinct on (interviewer_id) *
    from told
    order by interviewer_id asc, week_date desc

),

started as (

    select
        interviewers.interviewer_id
        {%- for column in seen_columns %},
        newest.{{ column }}
        {%- endfor %}
        {%- for column, type, start in standing_state() %},
        coalesce(newest.{{ column }}, {{ start }})::{{ type }} as {{ column }}
        {%- endfor %}
    from interviewers
    left join newest
        on interviewers.interviewer_id = newest.interviewer_id

),

-- What people have decided since the last Monday holds at once.
decided as (

    select
        started.*,
        decisions.decided_at,
        decided.is_decided,
        decided.is_warning,
        coalesce(decisions.has_reached_out, false) as has_just_reached_out,
        decided.standing as standing_now
    from started
    left join decisions
        on started.interviewer_id = decisions.interviewer_id
    cross join lateral {{ standing_decided('started', 'decisions') }} as decided  -- noqa: ST05

)

select
    interviewer_id,
    standing_now as standing,
    week_date as evaluated_week,
    case
        when standing_now <> standing or is_warning then decided_at
        else since_at
    end as since_at,
    case
        when is_decided or (recommended = 'outreach' and has_just_reached_out) then null
        else recommended
    end as recommended,
    case when not is_decided then recommended_for end as recommended_for,
    case
        when not (is_decided or (recommended = 'outreach' and has_just_reached_out))
            then recommended_since
    end as recommended_since,
    is_decided,
    line,
    coalesce(is_short, false) as is_short,
    coalesce(n_rated, 0) as n_rated,
    coalesce(n_mocks, 0) as n_mocks,
    visible_since_rated,
    visible_since_mocks,
    {%- for kind in ['rated', 'mocks'] %}
    n_warned_{{ kind }},
    {%- endfor %}
    {%- for track, kind in standing_tracks() %}
    counted_{{ track }},
    {%- for act in ['warn', 'pause'] %}
    case when is_decided then 0 else {{ act }}_run_{{ track }} end as {{ act }}_run_{{ track }},
    {%- endfor %}
    {%- endfor %}
    decided_at as newest_decision_at
from decided
