-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
{%- set told_thresholds = [
    'min_new_evidence', 'watch_prob', 'clear_prob', 'warn_prob', 'pause_prob', 'pause_evaluations',
    'pause_min_since_warning', 'way_back_prob',
] %}
{%- set shrinkage = posterior_shrinkage('scored.noise_share', 'scored.drift_weeks') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}
    where not has_left

),

windows as (

    select * from {{ ref('int_windows_summed') }}

),

windowed as (

    select * from {{ ref('int_ratings_windowed') }}

),

components as (

    select * from {{ ref('int_quality_scale_read') }}

),

churn_line as (

    select * from {{ ref('fit_churn_line') }}

),

decisions as (

    select * from {{ ref('fct_standing_decisions') }}

),

thresholds as (

    select * from {{ newest_in_force(ref('policy_thresholds'), 'threshold') }} as in_force

),

line as (

    select max(estimate) as line
    from churn_line
    where measure = 'line'

),

rule as (

    select
        {%- for threshold in told_thresholds %}
        max(value) filter (where threshold = '{{ threshold }}')
            as {{ threshold }}{{ ',' if not loop.last }}
        {%- endfor %}
    from thresholds

),

warned as (

    select distinct interviewer_id
    from decisions
    where decision = 'warn'

),

-- The score as people add it up, and the mean of which the posterior is made, as in the scores.
scored as (

    select
        windows.*,
        0
        {%- for factor in factors %}
        + case
            when components.{{ factor }}_weight > 0
                then round(
                    components.{{ factor }}_weight
                    * round(windows.{{ factor }}_sum / nullif(windows.{{ factor }}_count, 0), 2),
                    3
                )
            else 0
        end
        {%- endfor %} as experience_score,
        0
        {%- for factor in factors %}
        + case
            when components.{{ factor }}_weight > 0
                then components.{{ factor }}_weight * windows.{{ factor }}_recent_mean
            else 0
        end
        {%- endfor %} as recent_score,
        {{ days_between('windows.last_rated_at', 'clock.as_of') }} / 7 as idle_weeks
    from windows
    inner join interviewers
        on windows.interviewer_id = interviewers.interviewer_id
    cross join components
    cross join clock
    where windows.n_rated_window >= {{ var('min_rated_sessions') }}

),

-- Rounded as it is told: the chance is that of the number people read.
peers as (

    select
        (percentile_cont(0.5) within group (order by experience_score))::numeric(6, 2)
            as peer_median
    from scored

),

estimated as (

    select
        scored.*,
        components.mean_quality + (scored.recent_score - components.mean_quality) * {{ shrinkage }}
            as quality_estimate,
        {{ posterior_sd(shrinkage, 'scored.idle_weeks') }} as quality_sd
    from scored
    cross join components
    where components.interviewer_variance + components.adjusted_variance > 0
        and scored.recent_score is not null

),

-- Who is clearly good is told nothing; who has ever been warned may still be, as a standing
-- waits for new sessions.
told as (

    select estimated.*
    from estimated
    cross join line
    cross join rule
    left join warned
        on estimated.interviewer_id = warned.interviewer_id
    where line.line is not null
        and (
            warned.interviewer_id is not null
            or {{ normal_cdf(
                '(line.line - estimated.quality_estimate) / nullif(estimated.quality_sd, 0)'
            ) }} > rule.clear_prob
        )

),

-- A question without an answer counts as the mean of those with one: so it does in the score.
weighed as (

    select
        told.interviewer_id,
        windowed.session_id,
        windowed.recency_rank,
        (
            0
            {%- for factor in factors %}
            + components.{{ factor }}_weight
            * coalesce(
                windowed.{{ factor }} - windowed.adjustment, told.{{ factor }}_recent_mean, 0
            )
            {%- endfor %}
        )::numeric(9, 6) as adjusted,
        {{ days_between('windowed.session_end_at', 'clock.as_of') }} / 7 as weeks_old,
        told.n_rated_window
    from told
    inner join windowed
        on told.interviewer_id = windowed.interviewer_id
    cross join components
    cross join clock

),

-- Who has just joined counts as having been there for some weeks.
paced as (

    select
        interviewer_id,
        session_id,
        recency_rank,
        adjusted,
        weeks_old,
        greatest(
            max(weeks_old) over (partition by interviewer_id),
            {{ var('volume_min_days') }} / 7.0
        ) / n_rated_window as weeks_per_session
    from weighed

)

-- One row stands for the platform where nobody is to be told anything.
select
    paced.interviewer_id,
    paced.session_id,
    paced.recency_rank,
    paced.adjusted,
    paced.weeks_old,
    paced.weeks_per_session,
    components.fit_id,
    components.mean_quality as mean,
    components.interviewer_variance as between_variance,
    components.adjusted_variance as noise_variance,
    components.drift_variance,
    components.sure_drift_variance,
    line.line,
    peers.peer_median,
    {%- for threshold in told_thresholds %}
    rule.{{ threshold }}{{ ',' if not loop.last }}
    {%- endfor %}
from components
cross join line
cross join peers
cross join rule
left join paced
    on true
