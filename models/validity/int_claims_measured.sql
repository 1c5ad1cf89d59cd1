-- noqa: disable=LT02
{%- set z = var('interval_z') %}
{%- set in_force = [var('lookback_sessions') | int, 1] | max %}
with

skill as (

    select * from {{ ref('int_skill_correlated') }}

),

leavers as (

    select * from {{ ref('int_leavers_compared') }}

),

experience as (

    select * from {{ ref('fct_experience_scores') }}

),

factors as (

    select * from {{ ref('fct_experience_factors') }}

),

platform_weeks as (

    select * from {{ ref('fct_platform_experience') }}

),

-- How reliable a whole window is, which the correction for noise needs.
split_half as (

    select * from skill
    where claim = 'stable_skill'

),

-- The attainable area: were each interviewer's effect on leaving known exactly, two normal
-- distributions of log-odds would lie their variance apart.
effects as (

    select
        var_samp(churn_effect) + avg(churn_effect_se * churn_effect_se) as effect_variance,
        var_samp(churn_effect)
        / nullif(var_samp(churn_effect) + avg(churn_effect_se * churn_effect_se), 0)
            as effect_reliability
    from experience
    where churn_effect is not null

),

attainable as (

    select
        effect_reliability,
        {{ normal_cdf('sqrt(effect_variance / 2)') }} - 0.5 as auc_gain
    from effects

),

leaving as (

    select
        claims.claim,
        scored.n_sessions as n,
        claims.figure,
        claims.figure - {{ z }} * claims.figure_se as figure_low,
        claims.figure + {{ z }} * claims.figure_se as figure_high,
        claims.naive_figure,
        claims.naive_figure - {{ z }} * claims.naive_se as naive_low,
        claims.naive_figure + {{ z }} * claims.naive_se as naive_high
    from leavers as scored
    left join leavers as rolling
        on rolling.score_kind = 'raw_rolling'
    cross join attainable
    cross join lateral (
        values
        (
            'predictive', 100 * scored.rate_gap, 100 * scored.rate_se,
            100 * rolling.rate_gap, 100 * rolling.rate_se
        ),
        (
            'predictive_adjusted', 100 * scored.adjusted_gap, 100 * scored.adjusted_se,
            100 * rolling.adjusted_gap, 100 * rolling.adjusted_se
        ),
        (
            'predictive_auc_share',
            (scored.auc - 0.5) / nullif(attainable.auc_gain, 0),
            scored.auc_se / nullif(attainable.auc_gain, 0),
            (rolling.auc - 0.5) / nullif(attainable.auc_gain, 0),
            rolling.auc_se / nullif(attainable.auc_gain, 0)
        )
    ) as claims (claim, figure, figure_se, naive_figure, naive_se)
    where scored.score_kind = 'equal_weights'

),

equal_scores as (

    select
        interviewer_id,
        avg(mean) as equal_score
    from factors
    group by 1

),

fidelity_correlations as (

    select
        count(*) as n,
        corr(experience.experience_score, experience.churn_effect) as r,
        corr(equal_scores.equal_score, experience.churn_effect) as r_equal
    from experience
    inner join equal_scores
        on experience.interviewer_id = equal_scores.interviewer_id
    where experience.is_published
        and experience.churn_effect is not null

),

fidelity as (

    select
        'factor_fidelity' as claim,
        n,
        {{ correlations_bounded('r', 'n', 'r_equal', 'n') }}
    from fidelity_correlations

),

-- Both sides are estimates: what noise takes from a correlation is given back (Spearman 1904).
disattenuated as (

    select
        'factor_fidelity_disattenuated' as claim,
        fidelity.n,
        {%- for column in [
            'figure', 'figure_low', 'figure_high', 'naive_figure', 'naive_low', 'naive_high'
        ] %}
        greatest(
            least(
                fidelity.{{ column }}
                / nullif(sqrt(attainable.effect_reliability * nullif(split_half.figure, 0)), 0),
                case when fidelity.{{ column }} is not null then 1 end
            ),
            case when fidelity.{{ column }} is not null then -1 end
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from fidelity
    cross join attainable
    inner join split_half
        on split_half.figure > 0

),

week_correlations as (

    select
        count(*) as n,
        corr(platform_experience, nps) as r
    from platform_weeks
    where platform_experience is not null
        and nps is not null

),

nps as (

    select
        'nps_tracks' as claim,
        n,
        r as figure,
        {{ correlation_bound('r', 'n', 'lower') }} as figure_low,
        {{ correlation_bound('r', 'n', 'upper') }} as figure_high,
        null::double precision as naive_figure,
        null::double precision as naive_low,
        null::double precision as naive_high
    from week_correlations

),

-- Arithmetic, no estimate: half of a mean is new when half of its sessions are.
recovery as (

    select
        'recovery' as claim,
        count(*) as n,
        {%- for column in ['figure', 'figure_low', 'figure_high'] %}
        case when count(*) > 0 then ({{ in_force }} + 1) / 2 end as {{ column }},
        {%- endfor %}
        percentile_disc(0.5) within group (order by n_rated_total) as naive_figure,
        percentile_disc(0.05) within group (order by n_rated_total) as naive_low,
        percentile_disc(0.95) within group (order by n_rated_total) as naive_high
    from experience
    where is_published
        and n_rated_window >= {{ in_force }}

),

unioned as (

    {% for name in ['skill', 'leaving', 'fidelity', 'disattenuated', 'nps', 'recovery'] -%}
    select * from {{ name }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    claim,
    n,
    {%- for column in [
        'figure', 'figure_low', 'figure_high', 'naive_figure', 'naive_low', 'naive_high'
    ] %}
    round({{ column }}::numeric, 6)::double precision as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from unioned
