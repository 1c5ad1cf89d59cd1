-- noqa: disable=LT02
{%- set z = var('interval_z') %}
{%- set sides = ['strict', 'lenient'] %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

accuracy_fit as (

    select max(fit_id) as fit_id
    from {{ ref('fct_accuracy_scores') }}

),

scale as (

    select * from {{ ref('accuracy_buckets') }}

),

paired as (

    select * from {{ ref('int_experience_paired_with_accuracy') }}

),

fitted as (

    select * from {{ ref('int_experience_fitted_by_accuracy') }}

),

-- One row, also where nobody has both scores.
shown as (

    select
        max(experience_sd) filter (where rule = 'fitted') as experience_sd,
        {%- for column in ['intercept', 'slope', 'curvature'] %}
        max({{ column }}) filter (where rule = 'fitted') as {{ column }},
        {%- endfor %}
        {%- for side in sides %}
        max({{ side }}_drop) filter (where rule = 'fitted') as {{ side }}_drop,
        max({{ side }}_drop - {{ z }} * {{ side }}_drop_se) filter (where rule = 'fitted')
            as {{ side }}_drop_low,
        max({{ side }}_drop + {{ z }} * {{ side }}_drop_se) filter (where rule = 'fitted')
            as {{ side }}_drop_high,
        {%- endfor %}
        {%- for figure in ['peak', 'peak_low', 'peak_high'] %}
        round(max({{ figure }}) filter (where rule = 'fitted'), 2) as {{ figure }},
        round(max({{ figure }}) filter (where rule = 'naive'), 2) as naive_{{ figure }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from fitted

),

judged as (

    select
        *,
        {%- for side in sides %}
        coalesce({{ side }}_drop_low > 0, false) as is_{{ side }}_lower,
        {%- endfor %}
        case
            when peak is null then 'where it peaks cannot be told'
            else
                'it peaks at ' || peak || ' (' || peak_low || ' to ' || peak_high || '), '
                || case
                    when 0 between peak_low and peak_high
                        then 'which holds the companies'' bar'
                    else 'away from the companies'' bar'
                end
        end as place
    from shown

),

told as (

    select
        *,
        case
            when experience_sd is null
                then 'not enough data: too few interviewers with both scores'
            when strict_drop is null or lenient_drop is null
                then 'not enough data: both sides and the middle need interviewers'
            when is_strict_lower and is_lenient_lower
                then
                    'supported: experience is lower on both sides, with the too strict and with'
                    || ' the too lenient; ' || place
            when is_strict_lower
                then 'half supported: lower with the too strict only; ' || place
            when is_lenient_lower
                then 'half supported: lower with the too lenient only; ' || place
            else 'the data do not support it: lower on neither side; ' || place
        end as finding
    from judged

),

averaged as (

    select
        scale.accuracy_score,
        scale.accuracy_bucket,
        count(paired.experience_score) filter (where paired.rule = 'fitted')
            as n_interviewers,
        avg(paired.experience_score) filter (where paired.rule = 'fitted')
            as experience_mean,
        count(paired.experience_score) filter (where paired.rule = 'naive')
            as naive_n_interviewers,
        avg(paired.experience_score) filter (where paired.rule = 'naive')
            as naive_experience_mean
    from scale
    left join paired
        on scale.accuracy_score = paired.accuracy_score
    group by 1, 2

),

bounded as (

    select
        averaged.*,
        told.experience_sd / sqrt(nullif(averaged.n_interviewers, 0)::numeric)
            as experience_se,
        case
            -- A score that nobody has is outside what the parabola was drawn through.
            when told.peak is not null and averaged.n_interviewers > 0
                then
                    told.intercept + told.slope * averaged.accuracy_score
                    + told.curvature * averaged.accuracy_score * averaged.accuracy_score
        end as fitted_experience
    from averaged
    cross join told

)

select
    bounded.accuracy_score,
    bounded.accuracy_bucket,
    told.finding,
    bounded.n_interviewers::integer as n_interviewers,
    round(bounded.experience_mean, 3)::numeric(7, 3) as experience_mean,
    round(bounded.experience_mean - {{ z }} * bounded.experience_se, 3)::numeric(7, 3)
        as experience_low,
    round(bounded.experience_mean + {{ z }} * bounded.experience_se, 3)::numeric(7, 3)
        as experience_high,
    round(bounded.fitted_experience, 3)::numeric(7, 3) as fitted_experience,
    bounded.naive_n_interviewers::integer as naive_n_interviewers,
    round(bounded.naive_experience_mean, 3)::numeric(7, 3) as naive_experience_mean,
    {%- for prefix in ['', 'naive_'] %}
    told.{{ prefix }}peak::numeric(4, 2) as {{ prefix }}peak_score,
    told.{{ prefix }}peak_low::numeric(4, 2) as {{ prefix }}peak_low,
    told.{{ prefix }}peak_high::numeric(4, 2) as {{ prefix }}peak_high,
    {%- endfor %}
    {%- for side in sides %}
    {%- for figure in [side ~ '_drop', side ~ '_drop_low', side ~ '_drop_high'] %}
    round(told.{{ figure }}, 3)::numeric(7, 3) as {{ figure }},
    {%- endfor %}
    {%- endfor %}
    told.is_strict_lower and told.is_lenient_lower as is_supported,
    accuracy_fit.fit_id,
    clock.as_of
from bounded
cross join told
cross join clock
cross join accuracy_fit
