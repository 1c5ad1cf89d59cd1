{%- set score_of_yes_prob -%}
    case
        when borderline.yes_prob >= 0.5 then 4 * ln(2 * borderline.yes_prob) / ln(2)
        else -4 * ln(2 * (1 - borderline.yes_prob)) / ln(2)
    end
{%- endset %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

interviewers as (

    select * from {{ ref('dim_interviewers') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

outcomes as (

    select * from {{ ref('fct_outcomes') }}

),

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}

),

scale_parameters as (

    select * from {{ ref('fit_accuracy_scale') }}

),

comparison_sets as (

    select * from {{ ref('int_comparison_sets_counted') }}

),

buckets as (

    select * from {{ ref('accuracy_buckets') }}

),

yes_rates as (

    select * from {{ ref('int_yes_rates_compared') }}

),

described as (

    select
        sessions.interviewer_id,
        count(*) as n_mocks,
        count(outcomes.session_id) as n_mocks_with_outcome,
        avg((sessions.verdict = 'yes')::integer) as yes_rate,
        sum(outcomes.n_later_passed)::numeric / nullif(sum(outcomes.n_later_real), 0)
            as later_pass_rate
    from sessions
    left join outcomes
        on sessions.session_id = outcomes.session_id
    where sessions.kind = 'mock'
        and sessions.status = 'completed'
        and sessions.verdict <> 'none'
    group by 1

),

links as (

    select
        max(value) filter (where parameter = 'a50') as a50,
        max(value) filter (where parameter = 'mock_intercept') as intercept,
        max(value) filter (where parameter = 'mock_ability_slope') as ability_slope,
        max(value) filter (where parameter = 'mock_leniency_slope') as leniency_slope
    from scale_parameters

),

-- The bucket's edge lies halfway between the last score inside and the first one outside.
edges as (

    select
        (
            max(accuracy_score) filter (where accuracy_bucket = 'ok')
            + min(accuracy_score) filter (where accuracy_bucket = 'too_lenient')
        ) / 2.0 as lenient_edge,
        (
            min(accuracy_score) filter (where accuracy_bucket = 'ok')
            + max(accuracy_score) filter (where accuracy_bucket = 'too_strict')
        ) / 2.0 as strict_edge
    from buckets

),

-- The chance of a yes that the edges of the bucket stand for.
edge_probs as (

    select
        power(2, lenient_edge / 4) / 2 as lenient_yes_prob,
        1 - power(2, -strict_edge / 4) / 2 as strict_yes_prob
    from edges

),

judged as (

    select
        interviewers.interviewer_id,
        facets.fit_id,
        coalesce(described.n_mocks, 0) as n_mocks,
        coalesce(described.n_mocks_with_outcome, 0) as n_mocks_with_outcome,
        described.yes_rate,
        described.later_pass_rate,
        facets.comparison_set_id,
        facets.estimate as leniency,
        facets.estimate_se as leniency_se,
        comparison_sets.n_interviewers as n_compared,
        coalesce(comparison_sets.has_company_bar, false) as has_company_bar,
        coalesce(comparison_sets.is_comparable, false) as is_comparable
    from interviewers
    left join described
        on interviewers.interviewer_id = described.interviewer_id
    left join facets
        on interviewers.interviewer_id = facets.level
            and facets.facet = 'interviewer'
            and described.n_mocks >= {{ var('min_judged_mocks') }}
    left join comparison_sets
        on facets.comparison_set_id = comparison_sets.comparison_set_id

),

borderline as (

    select
        judged.interviewer_id,
        {{ logistic(
            'links.intercept + links.ability_slope * links.a50'
            ~ ' + links.leniency_slope * judged.leniency'
        ) }} as yes_prob,
        -- The leniency at which an interviewer would stand right on the edge.
        (
            ln(edge_probs.lenient_yes_prob / (1 - edge_probs.lenient_yes_prob))
            - links.intercept - links.ability_slope * links.a50
        ) / nullif(links.leniency_slope, 0) as lenient_edge,
        (
            ln(edge_probs.strict_yes_prob / (1 - edge_probs.strict_yes_prob))
            - links.intercept - links.ability_slope * links.a50
        ) / nullif(links.leniency_slope, 0) as strict_edge
    from judged
    cross join links
    cross join edge_probs
    where judged.is_comparable

),

scored as (

    select
        judged.*,
        borderline.yes_prob as borderline_yes_prob,
        {{ score_of_yes_prob }} as score,
        1 - {{ normal_cdf('(borderline.lenient_edge - judged.leniency) / judged.leniency_se') }}
            as prob_too_lenient,
        {{ normal_cdf('(borderline.strict_edge - judged.leniency) / judged.leniency_se') }}
            as prob_too_strict
    from judged
    left join borderline
        on judged.interviewer_id = borderline.interviewer_id

)

select
    scored.interviewer_id,
    scored.fit_id,
    scored.comparison_set_id,
    coalesce(buckets.accuracy_bucket, 'not_enough_data') as accuracy_bucket,
    null::text as discrimination_band,
    case
        when scored.score is not null then null
        when scored.n_mocks < {{ var('min_judged_mocks') }}
            then
                'needs {{ var("min_judged_mocks") }} judged mocks, has '
                || scored.n_mocks
        when scored.leniency is null then 'no accepted fit covers this interviewer yet'
        when not scored.has_company_bar
            then 'no company has judged a candidate that can be compared with these mocks'
        when not scored.is_comparable
            then
                'needs {{ var("min_comparison_set") }} interviewers who can be compared with each'
                || ' other through shared candidates, has ' || scored.n_compared
        else 'the scale has not been fitted yet'
    end as unpublished_reason,
    scored.n_mocks::integer as n_mocks,
    scored.n_mocks_with_outcome::integer as n_mocks_with_outcome,
    round(scored.n_mocks_with_outcome::numeric / nullif(scored.n_mocks, 0), 3)::numeric(4, 3)
        as evidence_share,
    round(scored.yes_rate, 3)::numeric(4, 3) as yes_rate,
    round(scored.later_pass_rate, 3)::numeric(4, 3) as later_pass_rate,
    round(scored.leniency::numeric, 3)::numeric(7, 3) as leniency,
    round(scored.leniency_se::numeric, 3)::numeric(7, 3) as leniency_se,
    round(scored.borderline_yes_prob::numeric, 3)::numeric(4, 3) as borderline_yes_prob,
    round(scored.score::numeric, 2)::numeric(4, 2) as accuracy_score_raw,
    round(scored.score::numeric)::integer as accuracy_score,
    case when scored.score is not null then round(yes_rates.yes_ratio_log2::numeric, 3) end
    ::numeric(7, 3) as yes_ratio_log2,
    round(scored.prob_too_strict::numeric, 3)::numeric(4, 3) as prob_too_strict,
    round(scored.prob_too_lenient::numeric, 3)::numeric(4, 3) as prob_too_lenient,
    null::numeric(7, 3) as discrimination,
    scored.score is not null as is_published,
    clock.as_of
from scored
cross join clock
left join yes_rates
    on scored.interviewer_id = yes_rates.interviewer_id
left join buckets
    on round(scored.score::numeric)::integer = buckets.accuracy_score
