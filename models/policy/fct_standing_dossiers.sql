-- Publishing appends: a dossier is written once, on what was known then.
{{ config(meta={'append_only': true}) }}
{%- set has_history = has_written_standings() %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

events as (

    select * from {{ ref('int_dossier_events') }}

),

sessions as (

    select * from {{ ref('int_dossier_sessions') }}

),

decisions as (

    select * from {{ ref('fct_standing_decisions') }}

),

factors as (

    select
        factor,
        max(fit_id) as fit_id,
        max(weight) as weight
    from {{ ref('fct_experience_factors') }}
    group by factor

),

new_weeks as (

    select * from {{ ref('fct_standing_history') }}

),

-- What is written is told first: a week that an earlier run wrote stands.
evaluations as (

    select
        new_weeks.interviewer_id,
        new_weeks.week_date,
        to_jsonb(new_weeks) - 'as_of' as evaluation
    from new_weeks
    {%- if has_history %}

    union all

    select
        written_weeks.interviewer_id,
        written_weeks.week_date,
        to_jsonb(written_weeks) - 'as_of' as evaluation
    from {{ written_standings() }} as written_weeks
    {%- endif %}

),

weights as (

    select
        max(fit_id) as fit_id,
        jsonb_object_agg(factor, weight order by factor) as weights
    from factors

),

rules as (

    select
        in_force.dossier_id,
        jsonb_object_agg(in_force.threshold, in_force.value order by in_force.threshold)
            as thresholds
    from {{ thresholds_at('events', 'dossier_id', ref('policy_thresholds')) }}
        as in_force
    group by in_force.dossier_id

),

earlier as (

    select
        events.dossier_id,
        jsonb_agg(
            jsonb_build_object(
                'decision_id', decisions.decision_id,
                'decision', decisions.decision,
                'decided_by', decisions.decided_by,
                'decided_at', decisions.decided_at at time zone 'UTC',
                'reason', decisions.reason
            )
            order by decisions.decided_at, decisions.decision_id
        ) as earlier_decisions
    from events
    inner join decisions
        on events.interviewer_id = decisions.interviewer_id
            and events.happened_at > decisions.decided_at
    group by events.dossier_id

),

told as (

    {% if has_published('notices_told_before', 'published_policy', in_look_back=true) -%}
    select
        events.dossier_id,
        jsonb_agg(
            jsonb_build_object(
                'notice', notices.notice,
                'told_at', notices.told_at at time zone 'UTC',
                'text', notices.text
            )
            order by notices.told_at, notices.notice
        ) as earlier_notices
    from events
    cross join clock
    inner join {{ source('published_policy', 'notices_told_before') }} as notices
        on events.interviewer_id = notices.interviewer_id
            and events.happened_at >= notices.told_at
            and clock.as_of > notices.told_at
    group by events.dossier_id
    {%- else -%}
    select
        null::text as dossier_id,
        null::jsonb as earlier_notices
    where false
    {%- endif %}

)

select
    events.dossier_id,
    weights.fit_id,
    events.kind,
    events.interviewer_id,
    events.action,
    events.recommended_for,
    case
        when events.kind = 'decision' then events.stated_reason
        else
            case events.recommended_for
                when 'below_line' then 'quality below the line'
                when 'too_strict' then 'verdicts too strict'
                when 'too_lenient' then 'verdicts too lenient'
                else 'standing ' || (evaluations.evaluation ->> 'standing')
            end
            || coalesce(
                '; probability '
                || (evaluations.evaluation ->> ('counted_' || events.recommended_for))
                || ' at ' || (evaluations.evaluation ->> 'evaluations_in_a_row')
                || ' evaluations in a row',
                ''
            )
    end as reason,
    events.decided_by,
    events.happened_at,
    events.week_date,
    -- How each figure of the evaluation follows from the rest of the dossier.
    'experience_score = sum over factors of round(weight x mean, 3), the mean being of the adjusted'
    || ' ratings of these sessions; prob_below_line = normal distribution function of'
    || ' (line - quality_estimate) / quality_sd; prob_too_strict = that of (strict_leniency -'
    || ' leniency) / leniency_se, prob_too_lenient = 1 less that of (lenient_leniency - leniency) /'
    || ' leniency_se, before rounding; standing by the thresholds (standing_step)'
        as formula,
    evaluations.evaluation,
    rules.thresholds,
    weights.weights,
    coalesce(sessions.n_sessions, 0) as n_sessions,
    coalesce(sessions.sessions, '[]'::jsonb) as sessions,
    coalesce(earlier.earlier_decisions, '[]'::jsonb) as earlier_decisions,
    coalesce(told.earlier_notices, '[]'::jsonb) as earlier_notices,
    clock.as_of
from events
cross join clock
cross join weights
left join evaluations
    on events.interviewer_id = evaluations.interviewer_id
        and events.week_date = evaluations.week_date
left join rules
    on events.dossier_id = rules.dossier_id
left join sessions
    on events.dossier_id = sessions.dossier_id
left join earlier
    on events.dossier_id = earlier.dossier_id
left join told
    on events.dossier_id = told.dossier_id
