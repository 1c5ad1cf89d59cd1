-- noqa: disable=LT02
{%- set quantiles = [5, 25, 50, 75, 95] %}
{%- set budget_thresholds = [
    'min_new_evidence', 'watch_prob', 'clear_prob', 'warn_prob', 'warn_evaluations',
    'warn_min_rated', 'visible_days', 'pause_prob', 'pause_evaluations',
    'pause_min_since_warning', 'way_back_prob', 'max_false_pause_share', 'truly_bad_distance',
] %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

scale as (

    select * from {{ ref('int_quality_scale_read') }}

),

components as (

    select * from {{ ref('fit_rating_components') }}

),

churn_line as (

    select * from {{ ref('fit_churn_line') }}

),

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}
    where is_released

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}
    where not has_left

),

thresholds as (

    select * from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as in_force

),

-- A raw rating also holds its candidate's leniency and the halo of its verdict.
raw_parts as (

    select
        max(value) filter (where component = 'residual_variance') as residual_variance,
        max(value) filter (where component = 'candidate_variance') as candidate_variance,
        max(value) filter (where component = 'halo') as halo,
        max(value) filter (where component = 'mean_verdict') as mean_verdict
    from components

),

line as (

    select max(estimate) as line
    from churn_line
    where measure = 'line'

),

rated as (

    select
        ratings.interviewer_id,
        count(*) as n_rated
    from ratings
    cross join clock
    where ratings.session_end_at > {{ days_after('clock.as_of', -1 * var('volume_days')) }}
        and ratings.session_end_at <= clock.as_of
    group by 1  -- noqa: AM06

),

-- Who has just joined counts as having been there for some weeks: one session in the first days
-- is no pace.
paced as (

    select
        rated.interviewer_id,
        rated.n_rated / (
            least(
                greatest(
                    {{ days_between('interviewers.joined_at', 'clock.as_of') }},
                    {{ var('volume_min_days') }}
                ),
                {{ var('volume_days') }}
            ) / 7
        ) as weekly_rated
    from rated
    inner join interviewers
        on rated.interviewer_id = interviewers.interviewer_id
    cross join clock

),

volumes as (

    select
        {%- for quantile in quantiles %}
        percentile_cont({{ quantile / 100 }}) within group (order by weekly_rated)
            as weekly_rated_p{{ '%02d' % quantile }}{{ ',' if not loop.last }}
        {%- endfor %}
    from paced

),

rule as (

    select
        {%- for threshold in budget_thresholds %}
        max(value) filter (where threshold = '{{ threshold }}')
            as {{ threshold }}{{ ',' if not loop.last }}
        {%- endfor %}
    from thresholds

)

select
    scale.fit_id,
    scale.mean_quality as mean,
    scale.interviewer_variance as between_variance,
    scale.adjusted_variance as noise_variance,
    raw_parts.residual_variance + coalesce(raw_parts.candidate_variance, 0)
    + power(coalesce(raw_parts.halo, 0), 2)
    * coalesce(raw_parts.mean_verdict * (1 - raw_parts.mean_verdict), 0)
        as raw_noise_variance,
    scale.drift_variance,
    scale.sure_drift_variance,
    line.line,
    {%- for quantile in quantiles %}
    volumes.weekly_rated_p{{ '%02d' % quantile }},
    {%- endfor %}
    {{ var('min_rated_sessions') }} as min_rated,
    {%- for threshold in budget_thresholds %}
    rule.{{ threshold }}{{ ',' if not loop.last }}
    {%- endfor %}
from scale
cross join raw_parts
cross join line
cross join volumes
cross join rule
