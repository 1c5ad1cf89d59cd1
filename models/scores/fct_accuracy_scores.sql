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

scale as (

    select * from {{ ref('int_accuracy_scale_read') }}

),

bounded as (

    select * from {{ ref('int_leniency_bounded') }}

),

comparison_sets as (

    select * from {{ ref('int_comparison_sets_counted') }}

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

steadfast as (

    select
        interviewer_id,
        max(gamma) filter (where is_bucket_held) as bucket_holds_to_gamma
    from bounded
    group by 1

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

-- Among fellow interviewers who can be compared; equals share a place.
placed as (

    select
        interviewer_id,
        100 * (
            rank() over leniency_order
            + (count(*) over (partition by comparison_set_id, leniency) - 1) / 2.0
            - 0.5
        ) / count(*) over (partition by comparison_set_id) as leniency_percentile
    from judged
    where leniency is not null
        and n_compared >= {{ var('min_comparison_set') }}
    window leniency_order as (partition by comparison_set_id order by leniency)

),

scored as (

    select
        judged.*,
        case
            when judged.leniency is null then null
            when judged.has_company_bar then 'companies'
            else 'fellow_interviewers'
        end as leniency_reference,
        placed.leniency_percentile,
        bounded.borderline_yes_prob,
        bounded.accuracy_score_raw,
        bounded.accuracy_score,
        bounded.accuracy_bucket,
        steadfast.bucket_holds_to_gamma,
        sharpness.estimate as discrimination,
        sharpness.estimate_se as discrimination_se,
        1 - {{ normal_cdf('(scale.lenient_leniency - judged.leniency) / judged.leniency_se') }}
            as prob_too_lenient,
        {{ normal_cdf('(scale.strict_leniency - judged.leniency) / judged.leniency_se') }}
            as prob_too_strict
    from judged
    cross join scale
    left join placed
        on judged.interviewer_id = placed.interviewer_id
    left join bounded
        on judged.interviewer_id = bounded.interviewer_id
            and bounded.gamma = 1
            and judged.is_comparable
    left join steadfast
        on bounded.interviewer_id = steadfast.interviewer_id
    left join facets as sharpness
        on judged.interviewer_id = sharpness.level
            and sharpness.facet = 'discrimination'
            and judged.n_mocks >= {{ var('min_discrimination_mocks') }}

)

select
    scored.interviewer_id,
    scored.fit_id,
    scored.comparison_set_id,
    coalesce(scored.accuracy_bucket, 'not_enough_data') as accuracy_bucket,
    scored.leniency_reference,
    case
        when scored.discrimination is null then null
        when scored.discrimination > {{ var('interval_z') }} * scored.discrimination_se
            then 'sharp'
        when scored.discrimination < -{{ var('interval_z') }} * scored.discrimination_se
            then 'noisy'
        else 'typical'
    end as discrimination_band,
    case
        when scored.accuracy_score is not null then null
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
    round(scored.yes_rate - scored.later_pass_rate, 3)::numeric(4, 3) as raw_gap,
    round(scored.leniency::numeric, 3)::numeric(7, 3) as leniency,
    round(scored.leniency_se::numeric, 3)::numeric(7, 3) as leniency_se,
    round(scored.leniency_percentile, 1)::numeric(4, 1) as leniency_percentile,
    round(scored.borderline_yes_prob::numeric, 3)::numeric(4, 3) as borderline_yes_prob,
    round(scored.accuracy_score_raw::numeric, 2)::numeric(4, 2) as accuracy_score_raw,
    scored.accuracy_score,
    round(scored.bucket_holds_to_gamma::numeric, 2)::numeric(5, 2) as bucket_holds_to_gamma,
    case
        when scored.accuracy_score is not null then round(yes_rates.yes_ratio_log2::numeric, 3)
    end::numeric(7, 3) as yes_ratio_log2,
    case
        when scored.accuracy_score is not null then round(scored.prob_too_strict::numeric, 3)
    end::numeric(4, 3) as prob_too_strict,
    case
        when scored.accuracy_score is not null then round(scored.prob_too_lenient::numeric, 3)
    end::numeric(4, 3) as prob_too_lenient,
    round(scored.discrimination::numeric, 3)::numeric(7, 3) as discrimination,
    round(scored.discrimination_se::numeric, 3)::numeric(7, 3) as discrimination_se,
    scored.accuracy_score is not null as is_published,
    clock.as_of
from scored
cross join clock
left join yes_rates
    on scored.interviewer_id = yes_rates.interviewer_id
