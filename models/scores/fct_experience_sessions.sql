-- depends_on: {{ ref('experience_factors') }}
-- noqa: disable=LT02
{% set factors = experience_factors() %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

windowed as (

    select * from {{ ref('int_ratings_windowed') }}

),

components as (

    select * from {{ ref('int_rating_components_pivoted') }}

)

select
    windowed.interviewer_id,
    windowed.session_id,
    components.fit_id,
    windowed.recency_rank::integer as recency_rank,
    windowed.interview_type,
    windowed.verdict,
    {%- for factor in default_form() %}
    {{ 'windowed.' ~ factor if factor in factors else 'null::integer' }} as {{ factor }}_raw,
    {{ '(windowed.' ~ factor ~ ' - windowed.adjustment)' if factor in factors else 'null' -}}
    ::numeric(6, 2) as {{ factor }}_adjusted,
    {%- endfor %}
    jsonb_strip_nulls(
        jsonb_build_object(
            {%- for factor in factors %}
            '{{ factor }}', windowed.{{ factor }}{{ ',' if not loop.last }}
            {%- endfor %}
        )
    ) as raw_ratings,
    jsonb_strip_nulls(
        jsonb_build_object(
            {%- for factor in factors %}
            '{{ factor }}', windowed.{{ factor }} - windowed.adjustment{{ ',' if not loop.last }}
            {%- endfor %}
        )
    ) as adjusted_ratings,
    windowed.leniency_part::numeric(6, 2) as leniency_part,
    windowed.halo_part::numeric(6, 2) as halo_part,
    windowed.trend_part::numeric(6, 2) as trend_part,
    windowed.adjustment::numeric(6, 2) as adjustment,
    case
        when windowed.adjustment = 0 and windowed.leniency_part = 0 and windowed.halo_part = 0
            then 'nothing to take off'
        else concat_ws(
            '; ',
            case
                when windowed.leniency_part > 0
                    then 'the candidate rates kinder than others: '
                        || {{ signed_number('windowed.leniency_part') }}
                when windowed.leniency_part < 0
                    then 'the candidate rates harsher than others: '
                        || {{ signed_number('windowed.leniency_part') }}
            end,
            case
                when windowed.halo_part <> 0
                    then 'verdict ' || windowed.verdict || ': '
                        || {{ signed_number('windowed.halo_part') }}
            end,
            case
                when windowed.trend_part <> 0
                    then 'what all ratings rose or fell by since then: '
                        || {{ signed_number('windowed.trend_part') }}
            end
        )
    end as adjustment_reason,
    windowed.session_end_at,
    windowed.released_at,
    clock.as_of
from windowed
cross join components
cross join clock
