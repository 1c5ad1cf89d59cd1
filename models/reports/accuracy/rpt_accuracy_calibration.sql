-- noqa: disable=LT02
{%- set z = var('interval_z') %}
{%- set rules = [('ours', 'accuracy_bucket'), ('naive', 'naive_bucket')] %}
{%- set figures = ['yes_rate', 'later_pass_rate', 'gap', 'net_yes'] %}
{%- set sides = ['strict', 'lenient'] %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

buckets as (

    select distinct accuracy_bucket from {{ ref('accuracy_buckets') }}

),

tried as (

    select * from {{ ref('int_verdicts_tried_by_half') }}

),

by_rule as (

    {% for rule, bucket in rules -%}
    select
        '{{ rule }}' as rule,
        {{ bucket }} as bucket,
        tried.*
    from tried
    where {{ bucket }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

totals as (

    select
        rule,
        bucket,
        half,
        count(*) as n_interviewers,
        {%- for count in [
            'n_mocks', 'n_yes', 'n_mocks_with_outcome', 'n_results', 'n_passed', 'n_net', 'net_sum'
        ] %}
        sum({{ count }})::numeric as {{ count }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_rule
    group by 1, 2, 3

),

-- Below the floors a share is no figure.
rates as (

    select
        *,
        case when n_interviewers >= {{ var('min_comparison_set') }} then n_yes / n_mocks end
            as yes_rate,
        case
            when n_interviewers >= {{ var('min_comparison_set') }}
                and n_results >= {{ var('min_decided_real') }} then n_passed / n_results
        end as later_pass_rate,
        case
            when n_interviewers >= {{ var('min_comparison_set') }} then net_sum / nullif(n_net, 0)
        end as net_yes
    from totals

),

-- What each interviewer adds to a rate's error: one person's mocks go together.
pulls as (

    select
        rates.rule,
        rates.bucket,
        rates.half,
        rates.n_interviewers,
        (by_rule.n_yes - rates.yes_rate * by_rule.n_mocks) / rates.n_mocks as yes_rate,
        (by_rule.n_passed - rates.later_pass_rate * by_rule.n_results)
        / nullif(rates.n_results, 0) as later_pass_rate,
        (by_rule.net_sum - rates.net_yes * by_rule.n_net) / nullif(rates.n_net, 0) as net_yes
    from by_rule
    inner join rates
        on by_rule.rule = rates.rule
            and by_rule.bucket = rates.bucket
            and by_rule.half = rates.half

),

errors as (

    select
        rule,
        bucket,
        half,
        {%- for figure in figures %}
        {%- set pull = 'yes_rate - later_pass_rate' if figure == 'gap' else figure %}
        case
            when count(*) > {{ var('min_degrees_of_freedom') }}
                then sqrt(sum(({{ pull }}) ^ 2) * count(*) / (count(*) - 1))
        end as {{ figure }}_se{{ ',' if not loop.last }}
        {%- endfor %}
    from pulls
    group by 1, 2, 3

),

figured as (

    select
        rates.*,
        rates.yes_rate - rates.later_pass_rate as gap,
        {%- for figure in figures %}
        errors.{{ figure }}_se{{ ',' if not loop.last }}
        {%- endfor %}
    from rates
    inner join errors
        on rates.rule = errors.rule
            and rates.bucket = errors.bucket
            and rates.half = errors.half

),

pivoted as (

    select
        rules.rule,
        {%- for bucket in ['too_strict', 'ok', 'too_lenient'] %}
        max(figured.gap) filter (where figured.bucket = '{{ bucket }}' and figured.half = 'first')
            as {{ bucket }}_before,
        max(figured.gap) filter (where figured.bucket = '{{ bucket }}' and figured.half = 'second')
            as {{ bucket }}_after,
        max(figured.gap_se) filter (
            where figured.bucket = '{{ bucket }}' and figured.half = 'second'
        ) as {{ bucket }}_se{{ ',' if not loop.last }}
        {%- endfor %}
    from (values ('ours'), ('naive')) as rules (rule)
    left join figured
        on rules.rule = figured.rule
    group by 1

),

-- After the split, how far the gap of either side lies from that of the ok ones, outwards; and
-- what is left of the distance between the sides.
apart as (

    select
        rule,
        100 * (ok_after - too_strict_after) as strict_points,
        100 * {{ z }} * sqrt(ok_se ^ 2 + too_strict_se ^ 2) as strict_reach,
        100 * (too_lenient_after - ok_after) as lenient_points,
        100 * {{ z }} * sqrt(ok_se ^ 2 + too_lenient_se ^ 2) as lenient_reach,
        100 * (too_lenient_after - too_strict_after)
        / nullif(too_lenient_before - too_strict_before, 0) as percent_left
    from pivoted

),

told as (

    select
        rule,
        to_char(percent_left, 'FM990') || ' %' as share_left,
        {%- for side in sides %}
        {{ side }}_points > {{ side }}_reach as is_{{ side }},
        to_char({{ side }}_points, 'FM990.0') || ' ('
        || to_char({{ side }}_points - {{ side }}_reach, 'FM990.0') || ' to '
        || to_char({{ side }}_points + {{ side }}_reach, 'FM990.0') || ')' as {{ side }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from apart

),

judged as (

    select
        coalesce(ours.is_strict and ours.is_lenient, false) as is_supported,
        case
            when ours.strict is null or ours.lenient is null
                then
                    'not enough data: each bucket needs more than '
                    || '{{ var("min_degrees_of_freedom") }} interviewers who judged on both sides'
                    || ' of the split, and later results'
            else
                case
                    when ours.is_strict and ours.is_lenient then 'supported: both sides last'
                    when ours.is_strict then 'half supported: only the too strict stay so'
                    when ours.is_lenient then 'half supported: only the too lenient stay so'
                    else 'the data do not show that either side lasts'
                end
                || '. After the split the gap of those too strict before it is ' || ours.strict
                || ' points below that of the ok ones, of those too lenient ' || ours.lenient
                || ' above: ' || ours.share_left || ' of the distance before it. '
                || coalesce(
                    'Sorted by the first gap itself: ' || naive.strict || ' and ' || naive.lenient
                    || ', ' || naive.share_left || ' of the distance before',
                    'The first gap itself sorts too few'
                )
        end as finding
    from told as ours
    inner join told as naive
        on naive.rule = 'naive'
    where ours.rule = 'ours'

)

select
    buckets.accuracy_bucket,
    halves.time_split,
    judged.finding,
    {%- for rule, _ in rules %}
    {%- set prefix = 'naive_' if rule == 'naive' else '' %}
    {%- for count in ['n_interviewers', 'n_mocks', 'n_mocks_with_outcome'] %}
    coalesce({{ rule }}.{{ count }}, 0)::integer as {{ prefix }}{{ count }},
    {%- endfor %}
    {%- for figure in figures %}
    {%- set least = 0 if figure.endswith('_rate') else -1 %}
    round({{ rule }}.{{ figure }}, 3)::numeric(4, 3) as {{ prefix }}{{ figure }},
    {%- for end, sign in [('low', '-'), ('high', '+')] %}
    {%- set bound = [rule ~ '.' ~ figure, sign, z, '*', rule ~ '.' ~ figure ~ '_se'] | join(' ') %}
    case
        when {{ rule }}.{{ figure }}_se is not null
            then round(least(greatest({{ bound }}, {{ least }}), 1), 3)
    end::numeric(4, 3) as {{ prefix }}{{ figure }}_{{ end }},
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
    judged.is_supported,
    (select max(fit_id) from {{ ref('fit_accuracy_held_out') }}) as fit_id,
    clock.as_of
from buckets
cross join (values ('first'), ('second')) as halves (time_split)
cross join judged
cross join clock
{%- for rule, _ in rules %}
left join figured as {{ rule }}
    on {{ rule }}.rule = '{{ rule }}'
        and buckets.accuracy_bucket = {{ rule }}.bucket
        and halves.time_split = {{ rule }}.half
{%- endfor %}
