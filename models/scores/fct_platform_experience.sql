with

clock as (

    select * from {{ source('run', 'clock') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}
    where status = 'completed'

),

ratings as (

    select * from {{ ref('int_ratings_weighed') }}

),

weights as (

    select coalesce(max(fit_id), 'default') as fit_id
    from {{ ref('fit_experience_weights') }}

),

responses as (

    select * from {{ ref('fct_nps_responses') }}

),

decided as (

    select * from {{ ref('int_real_sessions_decided') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

first_session as (

    select min(session_end_at) as first_end_at from sessions

),

-- Mondays, UTC, from the first completed session on. The week that is running at `as_of` is left
-- out: half a week is no week's figure.
weeks as (

    select series.week_start_at
    from clock
    cross join first_session
    cross join lateral generate_series(
        date_trunc('week', first_session.first_end_at, 'UTC'),
        date_trunc('week', clock.as_of, 'UTC') - interval '1 week',
        interval '1 week'
    ) as series (week_start_at)

),

held as (

    select
        date_trunc('week', sessions.session_end_at, 'UTC') as week_start_at,
        count(*) as n_sessions,
        avg(accuracy.leniency) as mean_leniency
    from sessions
    left join accuracy
        on sessions.interviewer_id = accuracy.interviewer_id
    where sessions.kind = 'mock'
    group by 1

),

rated_by_interviewer as (

    select
        date_trunc('week', session_end_at, 'UTC') as week_start_at,
        interviewer_id,
        count(*)::numeric as n,
        sum(platform_rating) as rating_sum
    from ratings
    group by 1, 2

),

rated_sums as (

    select
        week_start_at,
        sum(n) as n,
        count(*)::numeric as n_interviewers,
        sum(rating_sum) / sum(n) as mean,
        sum(rating_sum ^ 2) as squares,
        sum(rating_sum * n) as products,
        sum(n ^ 2) as count_squares
    from rated_by_interviewer
    group by 1

),

-- Sessions of one interviewer are not independent, so the interviewer is what was sampled: the
-- variance of a ratio of sums over interviewers, that is of
-- sum((their sum - mean * their number) ^ 2), multiplied out.
rated as (

    select
        *,
        sqrt(
            greatest(squares - 2 * mean * products + mean ^ 2 * count_squares, 0)
            * n_interviewers / nullif(n_interviewers - 1, 0)
        ) / n as mean_se
    from rated_sums

),

answered as (

    select
        date_trunc('week', responded_at, 'UTC') as week_start_at,
        count(*) as n,
        count(*) filter (where is_promoter) as n_promoters,
        count(*) filter (where is_detractor) as n_detractors
    from responses
    group by 1

),

promoted as (

    select
        week_start_at,
        n,
        100 * (n_promoters - n_detractors)::numeric / n as nps,
        {{ net_promoter_bound('n', 'n_promoters', 'n_detractors', 'lower') }} as nps_low,
        {{ net_promoter_bound('n', 'n_promoters', 'n_detractors', 'upper') }} as nps_high
    from answered

),

decided_by_week as (

    select
        date_trunc('week', decided_at, 'UTC') as week_start_at,
        count(*) as n,
        avg(is_advanced::integer::numeric) as pass_rate
    from decided
    group by 1

),

passed as (

    select
        week_start_at,
        n,
        pass_rate,
        {{ wilson_bound('pass_rate', 'n', 'lower') }} as pass_low,
        {{ wilson_bound('pass_rate', 'n', 'upper') }} as pass_high
    from decided_by_week

)

select
    (weeks.week_start_at at time zone 'UTC')::date as week_date,
    weights.fit_id,
    coalesce(held.n_sessions, 0)::integer as n_sessions,
    coalesce(rated.n, 0)::integer as n_rated,
    round(rated.mean, 3)::numeric(7, 3) as platform_experience,
    round(rated.mean - {{ var('interval_z') }} * rated.mean_se, 3)::numeric(7, 3)
        as platform_experience_low,
    round(rated.mean + {{ var('interval_z') }} * rated.mean_se, 3)::numeric(7, 3)
        as platform_experience_high,
    coalesce(promoted.n, 0)::integer as n_nps,
    round(promoted.nps, 1)::numeric(5, 1) as nps,
    round(promoted.nps_low, 1)::numeric(5, 1) as nps_low,
    round(promoted.nps_high, 1)::numeric(5, 1) as nps_high,
    coalesce(passed.n, 0)::integer as n_real,
    round(passed.pass_rate, 3)::numeric(4, 3) as pass_through_rate,
    round(passed.pass_low, 3)::numeric(4, 3) as pass_through_low,
    round(passed.pass_high, 3)::numeric(4, 3) as pass_through_high,
    round(held.mean_leniency, 3)::numeric(7, 3) as mean_leniency,
    clock.as_of
from weeks
cross join clock
cross join weights
left join held
    on weeks.week_start_at = held.week_start_at
left join rated
    on weeks.week_start_at = rated.week_start_at
left join promoted
    on weeks.week_start_at = promoted.week_start_at
left join passed
    on weeks.week_start_at = passed.week_start_at
