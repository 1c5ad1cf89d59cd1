-- noqa: disable=LT02
{% set sums = [
    'n_before', 'n_now', 'sum_before', 'sum_now',
    'n_stayed_before', 'n_stayed_now', 'stayed_sum_before', 'stayed_sum_now',
    'stayed_quality_before', 'stayed_quality_now',
    'n_gone', 'gone_quality', 'n_come', 'come_sum',
    'n_left_before', 'n_left_now', 'surprise_before', 'surprise_now',
    'left_quality_before', 'left_quality_now',
    'n_known', 'quality_sum', 'surprise_sum', 'quality_squares', 'quality_surprises',
] %}
with

interviewers as (

    select
        *,
        n_before > 0 and n_now > 0 as has_stayed
    from {{ ref('int_interviewers_compared') }}

),

leaving as (

    select * from {{ ref('int_leaving_compared') }}

),

-- Leaving speaks about those whose ratings are compared.
grouped as (

    select
        interviewers.jackknife_group,
        sum(interviewers.n_before) as n_before,
        sum(interviewers.n_now) as n_now,
        sum(interviewers.sum_before) as sum_before,
        sum(interviewers.sum_now) as sum_now,
        sum(interviewers.n_before) filter (where has_stayed) as n_stayed_before,
        sum(interviewers.n_now) filter (where has_stayed) as n_stayed_now,
        sum(interviewers.sum_before) filter (where has_stayed) as stayed_sum_before,
        sum(interviewers.sum_now) filter (where has_stayed) as stayed_sum_now,
        sum(interviewers.n_before * quality) filter (where has_stayed) as stayed_quality_before,
        sum(interviewers.n_now * quality) filter (where has_stayed) as stayed_quality_now,
        sum(interviewers.n_before) filter (where not has_stayed) as n_gone,
        sum(interviewers.n_before * quality) filter (where not has_stayed) as gone_quality,
        sum(interviewers.n_now) filter (where not has_stayed) as n_come,
        sum(interviewers.sum_now) filter (where not has_stayed) as come_sum,
        sum(leaving.n_before) filter (where has_stayed) as n_left_before,
        sum(leaving.n_now) filter (where has_stayed) as n_left_now,
        sum(leaving.surprise_before) filter (where has_stayed) as surprise_before,
        sum(leaving.surprise_now) filter (where has_stayed) as surprise_now,
        sum(leaving.n_before * quality) filter (where has_stayed) as left_quality_before,
        sum(leaving.n_now * quality) filter (where has_stayed) as left_quality_now,
        sum(leaving.n_known) as n_known,
        sum(leaving.quality_sum) as quality_sum,
        sum(leaving.surprise_sum) as surprise_sum,
        sum(leaving.quality_squares) as quality_squares,
        sum(leaving.quality_surprises) as quality_surprises
    from interviewers
    left join leaving
        on interviewers.interviewer_id = leaving.interviewer_id
    group by 1

),

-- Replicate -1 is everybody; each other one leaves a group out.
replicates as (

    select -1 as left_out
    union all
    select jackknife_group as left_out from grouped

),

summed as (

    select
        replicates.left_out,
        {%- for name in sums %}
        coalesce(sum(grouped.{{ name }}), 0) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from replicates
    left join grouped
        on replicates.left_out <> grouped.jackknife_group
    group by 1

),

-- Entry and exit are told against those who stayed: what they held of the sessions, times
-- how far they lie from them. Mix moves sessions among those who stayed.
composed as (

    select
        *,
        sum_now / nullif(n_now, 0) - sum_before / nullif(n_before, 0) as total,
        coalesce(
            n_come / nullif(n_now, 0)
            * (come_sum / nullif(n_come, 0) - stayed_sum_now / nullif(n_stayed_now, 0)),
            0
        ) as entry,
        coalesce(
            -1 * n_gone / nullif(n_before, 0) * (
                gone_quality / nullif(n_gone, 0)
                - stayed_quality_before / nullif(n_stayed_before, 0)
            ),
            0
        ) as exit,
        stayed_quality_now / nullif(n_stayed_now, 0)
        - stayed_quality_before / nullif(n_stayed_before, 0) as mix,
        (n_known * quality_surprises - quality_sum * surprise_sum)
        / nullif(n_known * quality_squares - quality_sum ^ 2, 0) as slope
    from summed

),

-- What is left are the same people, rated otherwise. A second measure of that is leaving, less
-- what covariates and other shares of the same people make of it, over its slope on quality.
decomposed as (

    select
        *,
        total - entry - exit - mix as within,
        (surprise_now / nullif(n_left_now, 0) - surprise_before / nullif(n_left_before, 0))
        / nullif(slope, 0)
        - left_quality_now / nullif(n_left_now, 0)
        + left_quality_before / nullif(n_left_before, 0) as confirmed
    from composed

)

select
    left_out,
    n_before::integer as n_before,
    n_now::integer as n_now,
    round(sum_before, 6)::numeric(18, 6) as sum_before,
    round(sum_now, 6)::numeric(18, 6) as sum_now,
    {%- for name in ['total', 'within', 'confirmed', 'mix', 'entry', 'exit', 'slope'] %}
    round({{ name }}, 9)::numeric(18, 9) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from decomposed
