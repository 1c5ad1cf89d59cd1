with

clock as (

    select * from {{ source('run', 'clock') }}

),

standings as (

    select * from {{ ref('fct_interviewer_standing') }}
    where recommended is not null
        and not has_left

),

scores as (

    select * from {{ ref('fct_experience_scores') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

thresholds as (

    select max(value) filter (where threshold = 'watch_prob') as watch_prob
    from {{ ref('fct_thresholds_in_force') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}
    where kind = 'mock'
        and status = 'completed'

),

line_fit as (

    select * from {{ ref('fit_churn_line') }}

),

levels as (

    select
        max(estimate) filter (where measure = 'acceptable') as acceptable,
        min(level::double precision) filter (where measure = 'curve') as lowest_quality,
        max(level::double precision) filter (where measure = 'curve') as highest_quality
    from line_fit

),

-- Leaving by quality, from one pool of the curve to the next.
pieces as (

    select
        level::double precision as quality,
        estimate as rate,
        lead(level::double precision) over (order by level::double precision, estimate desc)
            as next_quality,
        lead(estimate) over (order by level::double precision, estimate desc) as next_rate
    from line_fit
    where measure = 'curve'

),

paces as (

    select
        sessions.interviewer_id,
        count(*) * 30.0 / {{ var('health_period_days') }} as mocks_per_month
    from sessions
    cross join clock
    where {{ days_after('sessions.session_end_at', var('health_period_days')) }} > clock.as_of
    group by sessions.interviewer_id

),

found as (

    select
        standings.*,
        scores.quality_estimate,
        scores.quality_sd,
        accuracy.accuracy_score,
        accuracy.yes_rate,
        accuracy.yes_ratio_log2,
        levels.acceptable,
        coalesce(paces.mocks_per_month, 0) as mocks_per_month,
        least(greatest(scores.quality_estimate, levels.lowest_quality), levels.highest_quality)
            as curve_quality
    from standings
    cross join levels
    inner join scores
        on standings.interviewer_id = scores.interviewer_id
    left join accuracy
        on standings.interviewer_id = accuracy.interviewer_id
    left join paces
        on standings.interviewer_id = paces.interviewer_id

),

-- What goes wrong more than it need: candidates who leave beyond the acceptable, who are sent on
-- although companies would not take them, or kept back although they would.
harmed as (

    select
        found.*,
        greatest(
            coalesce(
                pieces.rate + coalesce(
                    (pieces.next_rate - pieces.rate)
                    * (found.curve_quality - pieces.quality)
                    / nullif(pieces.next_quality - pieces.quality, 0),
                    0
                ) - found.acceptable,
                0
            ),
            0
        ) as excess_leaving,
        coalesce(found.yes_rate * abs(1 - 2 ^ (-found.yes_ratio_log2)), 0) as excess_verdicts
    from found
    left join pieces
        on found.curve_quality >= pieces.quality
            and (pieces.next_quality is null or found.curve_quality < pieces.next_quality)

),

-- On watch for whichever it is: the worse of those that put people on watch.
watched as (

    select
        harmed.*,
        greatest(
            case
                when harmed.prob_below_line > thresholds.watch_prob then harmed.excess_leaving
            end,
            case
                when greatest(harmed.prob_too_strict, harmed.prob_too_lenient)
                    > thresholds.watch_prob
                    then harmed.excess_verdicts
            end,
            0
        ) as watched_for
    from harmed
    cross join thresholds

),

weighed as (

    select
        *,
        mocks_per_month * case
            when recommended = 'reinstate' then 0
            when recommended_for in ('too_strict', 'too_lenient') then excess_verdicts
            when recommended_for = 'below_line' then excess_leaving
            else watched_for
        end as harm_per_month
    from watched

),

ordered as (

    select
        *,
        -- Whoever is paused and cleared waits for a person, and for nothing else.
        row_number() over (
            order by
                recommended = 'reinstate' desc,
                harm_per_month desc,
                recommended_since asc,
                interviewer_id asc
        ) as place
    from weighed

)

select
    ordered.interviewer_id,
    ordered.fit_id,
    ordered.place::integer as place,
    ordered.standing,
    ordered.recommended,
    case ordered.recommended
        when 'pause' then 'Pause: '
        when 'warn' then 'Warn: '
        when 'reinstate' then 'Reinstate: '
        else 'Reach out: '
    end || ordered.reason || '.' as sentence,
    concat_ws(
        '; ',
        'quality ' || ordered.quality_estimate || ' (sd ' || ordered.quality_sd || ')'
        || coalesce(', line ' || ordered.line, ', no line'),
        'accuracy score ' || ordered.accuracy_score,
        ordered.n_rated || ' rated sessions and ' || ordered.n_mocks || ' judged mocks',
        round(ordered.mocks_per_month::numeric, 1) || ' mocks a month'
    ) as evidence,
    round(ordered.harm_per_month::numeric, 2)::numeric(8, 2) as harm_per_month,
    ordered.recommended_since as since,
    clock.as_of
from ordered
cross join clock
