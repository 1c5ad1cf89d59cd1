-- noqa: disable=LT02
{%- set z = var('interval_z') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

covariate_fit as (

    select max(fit_id) as fit_id
    from {{ ref('fit_churn_covariates') }}

),

leavers as (

    select * from {{ ref('int_leavers_by_past_score') }}

),

compared as (

    select * from {{ ref('int_leavers_compared') }}

),

quantiles as (

    select score_quantile
    from generate_series(1, {{ var('score_quantiles') }}) as series (score_quantile)

),

lines as (

    select
        score_kind,
        sum(n_sessions) as n_sessions,
        sum(n_left)::numeric / sum(n_sessions) as churn_rate,
        sum(n_expected) / sum(n_sessions) as expected_rate,
        sum(score_sum) / sum(n_sessions) as score_mean,
        (sum(score_left_sum) - sum(score_sum) * sum(n_left) / sum(n_sessions))
        / nullif(sum(score_square_sum) - sum(score_sum) * sum(score_sum) / sum(n_sessions), 0)
            as slope
    from leavers
    group by 1

),

-- With each interviewer's sessions as one cluster, the squares of what is left of a rate add up
-- from sums of squares and products.
summed as (

    select
        score_kind,
        score_quantile,
        count(*) as n_interviewers,
        sum(n_sessions) as n_sessions,
        sum(n_left)::numeric / sum(n_sessions) as churn_rate,
        sum(n_left) / nullif(sum(n_expected), 0) as observed_to_expected,
        sum(n_expected) as n_expected,
        sum(score_sum) / sum(n_sessions) as score_mean,
        sum(n_left * n_left)::numeric as left_left,
        sum(n_left * n_sessions)::numeric as left_sessions,
        sum(n_sessions * n_sessions)::numeric as sessions_sessions,
        sum(n_left * n_expected) as left_expected,
        sum(n_expected * n_expected) as expected_expected
    from leavers
    group by 1, 2

),

-- What clusters add to the variance of a share, as the number of independent sessions that
-- would leave as much doubt; never more than there are.
spread as (

    select
        summed.*,
        summed.n_sessions / greatest(
            coalesce(
                summed.n_interviewers / nullif(summed.n_interviewers - 1, 0)::numeric
                * (
                    summed.left_left - 2 * summed.churn_rate * summed.left_sessions
                    + summed.churn_rate * summed.churn_rate * summed.sessions_sessions
                )
                / nullif(summed.n_sessions * summed.churn_rate * (1 - summed.churn_rate), 0),
                1
            ),
            1
        ) as n_effective,
        sqrt(
            summed.n_interviewers / nullif(summed.n_interviewers - 1, 0)::numeric
            * greatest(
                summed.left_left - 2 * summed.observed_to_expected * summed.left_expected
                + summed.observed_to_expected * summed.observed_to_expected
                * summed.expected_expected,
                0
            )
        ) / nullif(summed.n_expected, 0) as observed_to_expected_se
    from summed

),

rated as (

    select
        spread.score_kind,
        spread.score_quantile,
        spread.n_sessions,
        spread.n_interviewers,
        spread.score_mean,
        spread.churn_rate,
        {{ wilson_bound('spread.churn_rate', 'spread.n_effective', 'lower') }} as churn_low,
        {{ wilson_bound('spread.churn_rate', 'spread.n_effective', 'upper') }} as churn_high,
        lines.churn_rate + lines.slope * (spread.score_mean - lines.score_mean) as fitted_rate,
        lines.expected_rate * spread.observed_to_expected as adjusted_rate,
        lines.expected_rate * greatest(
            spread.observed_to_expected - {{ z }} * spread.observed_to_expected_se, 0
        ) as adjusted_low,
        lines.expected_rate * (
            spread.observed_to_expected + {{ z }} * spread.observed_to_expected_se
        ) as adjusted_high
    from spread
    inner join lines
        on spread.score_kind = lines.score_kind

),

evaluated as (

    select max(window_start_at) as window_start_at
    from leavers

),

findings as (

    select
        coalesce(max(rate_gap - {{ z }} * rate_se) > 0, false) as is_supported,
        case
            when max(rate_gap) is null
                then
                    'not enough data: no labelled sessions in the lowest or the highest quantile'
            when max(rate_gap - {{ z }} * rate_se) > 0
                then 'supported: '
            else 'the data do not show that lower scores lose more candidates: '
        end || coalesce(
            'the lowest quantile loses ' || to_char(100 * max(rate_gap), 'FM990.0')
            || ' points against the highest ('
            || to_char(100 * max(rate_gap - {{ z }} * rate_se), 'FM990.0') || ' to '
            || to_char(100 * max(rate_gap + {{ z }} * rate_se), 'FM990.0') || ')',
            ''
        ) as finding
    from compared
    where score_kind = 'equal_weights'

)

select
    quantiles.score_quantile,
    findings.finding,
    coalesce(scored.n_sessions, 0)::integer as n,
    coalesce(scored.n_sessions, 0)::integer as n_sessions,
    coalesce(scored.n_interviewers, 0)::integer as n_interviewers,
    round(scored.score_mean, 3)::numeric(7, 3) as score_mean,
    {%- for kind, prefix in [
        ('scored', ''), ('raw_history', 'naive_'), ('raw_rolling', 'rolling_'),
        ('weighted', 'weighted_'),
    ] %}
    {%- if prefix %}
    coalesce({{ kind }}.n_sessions, 0)::integer as {{ prefix }}n_sessions,
    {%- endif %}
    round({{ kind }}.churn_rate, 4)::numeric(5, 4) as {{ prefix }}churn_rate,
    round({{ kind }}.churn_low, 4)::numeric(5, 4) as {{ prefix }}churn_low,
    round({{ kind }}.churn_high, 4)::numeric(5, 4) as {{ prefix }}churn_high,
    round({{ kind }}.fitted_rate, 4)::numeric(6, 4) as {{ prefix }}fitted_rate,
    round({{ kind }}.adjusted_rate, 4)::numeric(6, 4) as {{ prefix }}adjusted_rate,
    round({{ kind }}.adjusted_low, 4)::numeric(6, 4) as {{ prefix }}adjusted_low,
    round({{ kind }}.adjusted_high, 4)::numeric(6, 4) as {{ prefix }}adjusted_high,
    {%- endfor %}
    findings.is_supported,
    evaluated.window_start_at,
    covariate_fit.fit_id,
    clock.as_of
from quantiles
cross join clock
cross join covariate_fit
cross join findings
cross join evaluated
{%- for kind, score_kind in [
    ('scored', 'equal_weights'), ('raw_history', 'raw_history'), ('raw_rolling', 'raw_rolling'),
    ('weighted', 'weights_in_force'),
] %}
left join rated as {{ kind }}
    on quantiles.score_quantile = {{ kind }}.score_quantile
        and {{ kind }}.score_kind = '{{ score_kind }}'
{%- endfor %}
