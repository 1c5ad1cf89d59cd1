{{ config(indexes=[{'columns': ['interviewer_id', 'step'], 'unique': true}]) }}
with

history as (

    select * from {{ ref('fct_score_history') }}

),

thresholds as (

    select * from {{ ref('int_thresholds_by_week') }}

),

decisions as (

    select * from {{ ref('int_decisions_by_week') }}

),

churn_line as (

    select
        max(fit_id) as line_fit_id,
        max(estimate) filter (where measure = 'line') as line
    from {{ ref('fit_churn_line') }}

),

leniency_fit as (

    select
        max(fit_id) as leniency_fit_id,
        max(trained_through) as trained_through
    from {{ ref('fit_interviewer_leniency') }}

),

scale as (

    select * from {{ ref('int_accuracy_scale_read') }}

),

shortages as (

    select * from {{ ref('int_shortages_by_week') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

-- Probabilities of verdicts move with a fit alone: mocks that it has not seen are no new evidence,
-- or the same estimate would be looked at twice. It told the weeks before it as well.
judged as (

    select
        sessions.interviewer_id,
        count(*)::integer as n_mocks
    from sessions
    inner join leniency_fit
        on sessions.session_end_at <= leniency_fit.trained_through
    where sessions.kind = 'mock'
        and sessions.status = 'completed'
        and sessions.verdict <> 'none'
    group by 1  -- noqa: AM06

)

select
    history.interviewer_id,
    thresholds.*,
    history.fit_id,
    churn_line.line_fit_id,
    leniency_fit.leniency_fit_id,
    round(churn_line.line::numeric, 3)::numeric(7, 3) as line,
    history.experience_score,
    history.quality_estimate,
    history.quality_sd,
    history.accuracy_score,
    history.leniency,
    history.leniency_se,
    round(scale.strict_leniency::numeric, 3)::numeric(7, 3) as strict_leniency,
    round(scale.lenient_leniency::numeric, 3)::numeric(7, 3) as lenient_leniency,
    history.is_backfilled,
    history.n_rated_total as n_rated,
    coalesce(judged.n_mocks, 0) as n_mocks,
    history.quality_estimate is not null as has_score_rated,
    history.prob_too_strict is not null as has_score_mocks,
    round(
        {{ normal_cdf(
            '(round(churn_line.line::numeric, 3) - history.quality_estimate)'
            ~ ' / nullif(history.quality_sd, 0)'
        ) }}::numeric,
        3
    )::numeric(4, 3) as prob_below_line,
    history.prob_too_strict,
    history.prob_too_lenient,
    decisions.decision,
    decisions.decided_at,
    coalesce(decisions.n_rated_decided, 0) as n_rated_decided,
    coalesce(decisions.n_mocks_decided, 0) as n_mocks_decided,
    coalesce(decisions.has_reached_out, false) as has_reached_out,
    coalesce(shortages.is_short, false) as is_short
from history
inner join thresholds
    on history.week_date = thresholds.week_date
cross join churn_line
cross join leniency_fit
cross join scale
left join decisions
    on history.interviewer_id = decisions.interviewer_id
        and thresholds.step = decisions.step
left join judged
    on history.interviewer_id = judged.interviewer_id
left join shortages
    on history.interviewer_id = shortages.interviewer_id
        and history.week_date = shortages.week_date
