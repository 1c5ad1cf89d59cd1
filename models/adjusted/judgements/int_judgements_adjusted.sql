-- noqa: disable=LT02
{% set items = ['would_advance', 'technical', 'problem_solving'] %}
with

judgements as (

    select * from {{ ref('int_judgements_unioned') }}

),

facets as (

    select * from {{ ref('fit_interviewer_leniency') }}

),

constants as (

    select
        {%- for item in items %}
        {%- for prefix in ['', 'real_'] %}
        max(estimate) filter (where facet = 'item' and level = '{{ prefix ~ item }}:mean')
            as {{ prefix ~ item }}_mean,
        max(estimate) filter (where facet = 'item' and level = '{{ prefix ~ item }}:sd')
            as {{ prefix ~ item }}_sd,
        {%- endfor %}
        {%- endfor %}
        max(estimate) filter (where facet = 'fixed' and level = 'intercept') as intercept,
        max(estimate) filter (where facet = 'fixed' and level = 'is_real') as real_effect,
        max(estimate) filter (where facet = 'fixed' and level = 'practice')
            as practice_effect,
        max(estimate) filter (where facet = 'variance' and level = 'candidate')
            as candidate_variance,
        max(estimate) filter (where facet = 'variance' and level = 'residual')
            as residual_variance
    from facets

),

standardised as (

    select
        judgements.session_id,
        judgements.candidate_id,
        judgements.candidate_key,
        judgements.interviewer_id,
        judgements.company_id,
        judgements.interview_type,
        judgements.n_earlier_sessions,
        judgements.would_advance as said_yes,
        judgements.is_real,
        judgements.judged_at,
        {%- for item in items %}
        {%- set given = 'judgements.' ~ item ~ ('::integer' if item == 'would_advance' else '') %}
        case
            when judgements.is_real
                then ({{ given }} - constants.real_{{ item }}_mean) / constants.real_{{ item }}_sd
            else ({{ given }} - constants.{{ item }}_mean) / constants.{{ item }}_sd
        end as {{ item }}_z{{ ',' if not loop.last }}
        {%- endfor %}
    from judgements
    cross join constants

),

composed as (

    select
        *,
        (coalesce(would_advance_z, 0) + coalesce(technical_z, 0) + coalesce(problem_solving_z, 0))
        / nullif(num_nonnulls(would_advance_z, technical_z, problem_solving_z), 0) as composite
    from standardised

),

-- The candidate's practice is no doing of the judge's, but it is no lasting ability either.
netted as (

    select
        composed.session_id,
        composed.candidate_id,
        composed.candidate_key,
        composed.interviewer_id,
        composed.company_id,
        composed.interview_type,
        coalesce(interviewer_facets.comparison_set_id, company_facets.comparison_set_id)
            as comparison_set_id,
        composed.composite,
        coalesce(interviewer_facets.estimate, 0) as leniency,
        coalesce(constants.practice_effect, 0) * ln(1 + composed.n_earlier_sessions)
            as practice,
        composed.composite
        - constants.intercept
        - case when composed.is_real then coalesce(constants.real_effect, 0) else 0 end
        - coalesce(constants.practice_effect, 0) * ln(1 + composed.n_earlier_sessions)
        - coalesce(type_facets.estimate, 0)
        - coalesce(interviewer_facets.estimate, company_facets.estimate, 0) as residual,
        constants.candidate_variance,
        constants.residual_variance,
        composed.said_yes,
        composed.is_real,
        composed.judged_at
    from composed
    cross join constants
    left join facets as type_facets
        on type_facets.facet = 'fixed'
            and type_facets.level = 'type:' || composed.interview_type
    left join facets as interviewer_facets
        on interviewer_facets.facet = 'interviewer'
            and composed.interviewer_id = interviewer_facets.level
            and not composed.is_real
    left join facets as company_facets
        on company_facets.facet = 'company'
            and composed.company_id = company_facets.level
            and composed.is_real

)

select * from netted
