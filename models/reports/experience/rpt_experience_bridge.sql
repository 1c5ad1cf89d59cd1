-- noqa: disable=LT02
{% set z = var('interval_z') %}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

weights as (

    select coalesce(max(fit_id), 'default') as fit_id
    from {{ ref('fit_experience_weights') }}

),

decomposed as (

    select * from {{ ref('int_experience_change_decomposed') }}

),

-- Delete-a-group jackknife.
spread as (

    select
        {%- for name in ['entry', 'exit', 'mix', 'within', 'confirmed', 'slope'] %}
        sqrt(var_pop({{ name }}) * (count(*) - 1)) as {{ name }}_se,
        {%- endfor %}
        sqrt(var_pop(within - confirmed) * (count(*) - 1)) as inflation_se
    from decomposed
    where left_out >= 0

),

-- Where it is not sure that candidates leave the worse more often, leaving confirms nothing.
judged as (

    select
        decomposed.*,
        spread.*,
        coalesce(decomposed.slope + {{ z }} * spread.slope_se < 0, false)
        and decomposed.confirmed is not null as can_confirm
    from decomposed
    cross join spread
    where decomposed.left_out = -1

),

-- Improvement is what leaving confirms of the change within interviewers: at most all of it,
-- and nothing that goes the other way. Inflation is the rest.
split as (

    select
        *,
        case
            when not can_confirm then 0 * within
            when within >= 0 then greatest(0, least(within, confirmed))
            else least(0, greatest(within, confirmed))
        end as improvement
    from judged

),

listed as (

    select
        part.*,
        split.within,
        split.confirmed,
        split.can_confirm,
        {{ z }} * split.confirmed_se as confirmed_reach,
        split.n_before,
        split.n_now,
        round(split.sum_before / nullif(split.n_before, 0), 3) as experience_before,
        round(split.sum_now / nullif(split.n_now, 0), 3) as experience_now
    from split
    cross join lateral (
        values
        (
            1, 'improvement', split.improvement,
            case when split.can_confirm then split.confirmed end, split.confirmed_se
        ),
        (
            2, 'inflation', split.within - split.improvement,
            case when split.can_confirm then split.within - split.confirmed end,
            split.inflation_se
        ),
        (3, 'mix', split.mix, split.mix, split.mix_se),
        (4, 'entry', split.entry, split.entry, split.entry_se),
        (5, 'exit', split.exit, split.exit, split.exit_se)
    ) as part (part_position, part, change, estimate, estimate_se)

),

rounded as (

    select
        *,
        case when within is not null then experience_now - experience_before end
            as total_change,
        case when within is not null then round(change, 3) end as rounded_change,
        row_number() over (order by abs(change) desc nulls last, part_position) = 1
            as is_largest
    from listed

),

-- The largest part takes what rounding leaves: the published parts sum exactly.
summing as (

    select
        *,
        rounded_change + case
            when is_largest then total_change - sum(rounded_change) over ()
            else 0
        end as published_change,
        case
            when within is null then 'not enough data: nobody was rated in both periods'
            when part = 'mix' then 'those rated before and now hold other shares of the sessions'
            when part = 'entry' then 'rated now and not before, against those who stayed'
            when part = 'exit' then 'rated before and not now, against those who stayed'
            when part = 'improvement'
                then 'the same interviewers got better, as far as leaving confirms it'
            else 'the same interviewers are rated otherwise, and leaving does not confirm it'
        end as reading,
        case
            when within is null or part not in ('improvement', 'inflation') then ''
            when not can_confirm
                then '; ratings alone cannot tell these two apart, and that candidates leave'
                || ' worse interviewers more often is not sure enough to do it'
            when confirmed - confirmed_reach <= least(0, within)
                and confirmed + confirmed_reach >= greatest(0, within)
                then '; ratings alone cannot tell these two apart, and leaving fits all of it'
                || ' and none of it'
            else '; ratings alone cannot tell these two apart, leaving can, within the interval'
        end as sureness
    from rounded

)

-- An interval holds its figure, also where the figure was held to what leaving can confirm.
select
    summing.part,
    weights.fit_id,
    summing.reading || summing.sureness as meaning,
    summing.part_position,
    summing.n_before::integer as n_before,
    summing.n_now::integer as n_now,
    summing.experience_before::numeric(7, 3) as experience_before,
    summing.experience_now::numeric(7, 3) as experience_now,
    summing.total_change::numeric(7, 3) as total_change,
    summing.published_change::numeric(7, 3) as change,
    case
        when summing.estimate_se is not null and summing.estimate is not null
            then round(
                least(
                    summing.estimate - {{ z }} * summing.estimate_se,
                    summing.published_change
                ),
                3
            )
    end::numeric(7, 3) as change_low,
    case
        when summing.estimate_se is not null and summing.estimate is not null
            then round(
                greatest(
                    summing.estimate + {{ z }} * summing.estimate_se,
                    summing.published_change
                ),
                3
            )
    end::numeric(7, 3) as change_high,
    {{ days_after('clock.as_of', -2 * var('health_period_days')) }} as before_from_at,
    {{ days_after('clock.as_of', -1 * var('health_period_days')) }} as now_from_at,
    clock.as_of
from summing
cross join weights
cross join clock
