{%- set top = var('score_quantiles') %}
with

leavers as (

    select * from {{ ref('int_leavers_by_past_score') }}

),

by_kind as (

    select
        score_kind,
        sum(n_sessions) as n_sessions,
        sum(n_left) as n_left,
        sum(n_sessions) - sum(n_left) as n_stayed,
        sum(n_expected) / sum(n_sessions) as expected_rate,
        sum(rank_left_sum) as rank_left_sum
    from leavers
    group by 1

),

by_quantile as (

    select
        score_kind,
        score_quantile,
        sum(n_sessions) as n_sessions,
        sum(n_left) as n_left,
        sum(n_expected) as n_expected,
        sum(n_left)::numeric / sum(n_sessions) as churn_rate,
        sum(n_left) / nullif(sum(n_expected), 0) as observed_to_expected
    from leavers
    group by 1, 2

),

-- Each interviewer's part in the bottom's rate less the top's. Those who are in both have one
-- part, so that the sessions of one interviewer are taken together.
parts as (

    select
        leavers.score_kind,
        leavers.interviewer_id,
        sum(
            case when leavers.score_quantile = 1 then 1 else -1 end
            * (leavers.n_left - leavers.n_sessions * by_quantile.churn_rate)
            / by_quantile.n_sessions
        ) as rate_part,
        sum(
            case when leavers.score_quantile = 1 then 1 else -1 end
            * (leavers.n_left - leavers.n_expected * by_quantile.observed_to_expected)
            / nullif(by_quantile.n_expected, 0)
        ) as adjusted_part
    from leavers
    inner join by_quantile
        on leavers.score_kind = by_quantile.score_kind
            and leavers.score_quantile = by_quantile.score_quantile
    where leavers.score_quantile in (1, {{ top }})
    group by 1, 2

),

spread as (

    select
        score_kind,
        count(*) as n_interviewers,
        sqrt(
            sum(rate_part * rate_part) * count(*) / nullif(count(*) - 1, 0)::numeric
        ) as rate_se,
        sqrt(
            sum(adjusted_part * adjusted_part) * count(*) / nullif(count(*) - 1, 0)::numeric
        ) as adjusted_se
    from parts
    group by 1

),

-- A difference needs both ends.
compared as (

    select
        by_kind.score_kind,
        by_kind.n_sessions,
        by_kind.n_left,
        by_kind.n_stayed,
        spread.n_interviewers,
        bottom.churn_rate - peak.churn_rate as rate_gap,
        spread.rate_se,
        by_kind.expected_rate * (bottom.observed_to_expected - peak.observed_to_expected)
            as adjusted_gap,
        by_kind.expected_rate * spread.adjusted_se as adjusted_se,
        -- The chance that of a leaver and a stayer, the leaver had met the lower score.
        1 - (by_kind.rank_left_sum - by_kind.n_left * (by_kind.n_left + 1) / 2.0)
        / nullif(by_kind.n_left * by_kind.n_stayed, 0) as auc
    from by_kind
    inner join spread
        on by_kind.score_kind = spread.score_kind
    inner join by_quantile as bottom
        on by_kind.score_kind = bottom.score_kind
            and bottom.score_quantile = 1
    inner join by_quantile as peak
        on by_kind.score_kind = peak.score_kind
            and peak.score_quantile = {{ top }}

)

-- Hanley & McNeil 1982, Radiology 143, for the error of the area.
select
    score_kind,
    n_sessions::integer as n_sessions,
    n_interviewers::integer as n_interviewers,
    round(rate_gap, 6) as rate_gap,
    round(rate_se, 6) as rate_se,
    round(adjusted_gap, 6) as adjusted_gap,
    round(adjusted_se, 6) as adjusted_se,
    round(auc, 6) as auc,
    round(sqrt(
        (
            auc * (1 - auc)
            + (n_left - 1) * (auc / (2 - auc) - auc * auc)
            + (n_stayed - 1) * (2 * auc * auc / (1 + auc) - auc * auc)
        )
        / nullif(n_left * n_stayed, 0)
    ), 6) as auc_se
from compared
