-- noqa: disable=LT02
-- Only weeks that are not published yet: publishing appends them, and what was known of a week
-- then is never told anew.
{{ config(meta={'append_only': true}) }}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

walked as (

    select * from {{ ref('int_standings_walked') }}

),

evaluations as (

    select * from {{ ref('int_weeks_evaluated') }}

)

select
    walked.interviewer_id,
    evaluations.week_date,
    evaluations.fit_id,
    evaluations.line_fit_id,
    evaluations.leniency_fit_id,
    walked.standing,
    walked.recommended,
    walked.recommended_for,
    walked.recommended_since,
    walked.is_counted,
    {{ longest_run('walked') }} as evaluations_in_a_row,
    evaluations.experience_score,
    evaluations.quality_estimate,
    evaluations.quality_sd,
    evaluations.line,
    evaluations.prob_below_line,
    evaluations.accuracy_score,
    evaluations.leniency,
    evaluations.leniency_se,
    evaluations.strict_leniency,
    evaluations.lenient_leniency,
    evaluations.prob_too_strict,
    evaluations.prob_too_lenient,
    evaluations.n_rated,
    evaluations.n_mocks,
    evaluations.is_short,
    evaluations.decision,
    evaluations.decided_at,
    evaluations.n_rated_decided,
    evaluations.n_mocks_decided,
    evaluations.has_reached_out,
    evaluations.is_backfilled,
    walked.since_at,
    walked.is_reached_out,
    {%- for kind in ['rated', 'mocks'] %}
    walked.visible_since_{{ kind }},
    walked.n_counted_{{ kind }},
    walked.n_warned_{{ kind }},
    {%- endfor %}
    {%- for track, kind in standing_tracks() %}
    walked.counted_{{ track }}::numeric(4, 3) as counted_{{ track }},
    walked.warn_run_{{ track }},
    walked.pause_run_{{ track }},
    walked.is_warned_{{ track }},
    {%- endfor %}
    clock.as_of
from walked
inner join evaluations
    on walked.interviewer_id = evaluations.interviewer_id
        and walked.step = evaluations.step
cross join clock
