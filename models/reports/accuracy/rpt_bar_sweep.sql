-- noqa: disable=LT02
{%- set wanted = "to_char(100 * " ~ var('target_pass_rate') ~ ", 'FM990')" %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

readiness_fit as (

    select max(fit_id) as fit_id
    from {{ ref('fct_candidate_readiness') }}

),

swept as (

    select * from {{ ref('int_bars_swept') }}

),

targets as (

    select
        max(n_candidates_in_all) as n_candidates,
        max(expected_rate) filter (where rule = 'pass_prob') as highest_rate,
        min(bar_position) filter (
            where rule = 'pass_prob' and expected_rate >= {{ var('target_pass_rate') }}
        ) as bar_position,
        min(bar_position) filter (
            where rule = 'naive' and expected_rate >= {{ var('target_pass_rate') }}
        ) as naive_position
    from swept

),

findings as (

    select
        targets.bar_position,
        case
            when coalesce(targets.n_candidates, 0) = 0
                then 'not enough data: no candidate has a probability of passing yet'
            when targets.bar_position is null
                then
                    'no bar gives the wanted '
                    || {{ wanted }} || ' %: the most is '
                    || to_char(100 * targets.highest_rate, 'FM990') || ' %'
            else
                'a bar of ' || to_char(chosen.bar, 'FM0.00')
                || ' is the lowest that gives the wanted '
                || {{ wanted }} || ' %: ' || to_char(100 * chosen.expected_rate, 'FM990')
                || ' % of ' || chosen.n_candidates || ' candidates should pass'
                || coalesce(
                    ' (of those held above it, ' || to_char(100 * chosen.observed_rate, 'FM990')
                    || ' % did, ' || to_char(100 * chosen.observed_low, 'FM990') || ' to '
                    || to_char(100 * chosen.observed_high, 'FM990') || ')',
                    ''
                )
                || '; it keeps out ' || to_char(100 * chosen.kept_out_share, 'FM990')
                || ' % of those who would pass'
                || coalesce(
                    '. The next bar, ' || to_char(higher.bar, 'FM0.00') || ', would give '
                    || to_char(100 * higher.expected_rate, 'FM990') || ' % and keep out '
                    || to_char(100 * higher.kept_out_share, 'FM990') || ' %',
                    ''
                )
                || coalesce(
                    '. A bar on the share of yes verdicts would keep out '
                    || to_char(100 * naive.kept_out_share, 'FM990') || ' % for '
                    || to_char(100 * naive.expected_rate, 'FM990') || ' %',
                    '. No bar on the share of yes verdicts gives as much'
                )
        end as finding
    from targets
    left join swept as chosen
        on targets.bar_position = chosen.bar_position
            and chosen.rule = 'pass_prob'
    left join swept as higher
        on targets.bar_position + 1 = higher.bar_position
            and higher.rule = 'pass_prob'
            and higher.n_candidates > 0
    left join swept as naive
        on targets.naive_position = naive.bar_position
            and naive.rule = 'naive'

)

select
    modelled.bar,
    findings.finding,
    {%- for rule, prefix in [('modelled', ''), ('naive', 'naive_')] %}
    {{ rule }}.n_candidates::integer as {{ prefix }}n_candidates,
    ({{ rule }}.n_candidates_in_all - {{ rule }}.n_candidates)::integer
        as {{ prefix }}n_passed_over,
    {{ rule }}.n_held::integer as {{ prefix }}n_held,
    round({{ rule }}.expected_rate, 4)::numeric(5, 4) as {{ prefix }}expected_pass_rate,
    round({{ rule }}.observed_rate, 4)::numeric(5, 4) as {{ prefix }}observed_pass_rate,
    round({{ rule }}.observed_low, 4)::numeric(5, 4) as {{ prefix }}observed_pass_low,
    round({{ rule }}.observed_high, 4)::numeric(5, 4) as {{ prefix }}observed_pass_high,
    round({{ rule }}.kept_out_share, 4)::numeric(5, 4) as {{ prefix }}good_kept_out_share,
    {%- endfor %}
    round(modelled.passed_over_per_point, 1)::numeric(12, 1) as passed_over_per_point,
    round(modelled.good_passed_over_per_point, 1)::numeric(12, 1)
        as good_passed_over_per_point,
    coalesce(modelled.bar_position = findings.bar_position, false) as is_target_bar,
    readiness_fit.fit_id,
    clock.as_of
from swept as modelled
cross join clock
cross join readiness_fit
cross join findings
inner join swept as naive
    on modelled.bar_position = naive.bar_position
        and naive.rule = 'naive'
where modelled.rule = 'pass_prob'
