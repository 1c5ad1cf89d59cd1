with

clock as (

    select * from {{ source('run', 'clock') }}

),

accuracy as (

    select * from {{ ref('fct_accuracy_scores') }}

),

bounded as (

    select * from {{ ref('int_leniency_bounded') }}

),

published as (

    select
        bounded.gamma,
        bounded.accuracy_score_raw,
        bounded.accuracy_bucket,
        accuracy.fit_id,
        accuracy.accuracy_score_raw as score_without,
        accuracy.accuracy_bucket as bucket_without
    from bounded
    inner join accuracy
        on bounded.interviewer_id = accuracy.interviewer_id
    where accuracy.is_published
        and bounded.accuracy_score_raw is not null

),

-- A platform without scores still says what would be asked.
asked as (

    select gamma::double precision as gamma
    from unnest(array{{ var('selection_gammas') }}) as wanted (gamma)

),

counted as (

    select
        asked.gamma,
        max(published.fit_id) as fit_id,
        count(published.accuracy_bucket) as n_interviewers,
        avg(published.accuracy_score_raw) as score_mean,
        avg(published.accuracy_score_raw - published.score_without::double precision)
            as score_shift_mean,
        max(published.accuracy_score_raw - published.score_without::double precision)
            as score_shift_max,
        count(*) filter (where published.accuracy_bucket = 'too_strict') as n_too_strict,
        count(*) filter (where published.accuracy_bucket = 'ok') as n_ok,
        count(*) filter (where published.accuracy_bucket = 'too_lenient') as n_too_lenient,
        count(*) filter (where published.accuracy_bucket <> published.bucket_without)
            as n_changed
    from asked
    left join published
        on asked.gamma = published.gamma
    group by 1

)

select
    counted.gamma::numeric(5, 2) as gamma,
    case
        when counted.gamma = 1
            then
                'Who was sent to companies is explained by the judgements that are on file: the'
                || ' published scores'
        else
            'Selection saw more than the forms say: a candidate whom nobody sent on would fail '
            || counted.gamma || ' times as often (in odds) as one with equal judgements who was'
    end as meaning,
    counted.n_interviewers::integer as n_interviewers,
    counted.n_too_strict::integer as n_too_strict,
    counted.n_ok::integer as n_ok,
    counted.n_too_lenient::integer as n_too_lenient,
    counted.n_changed::integer as n_changed,
    round(counted.n_changed::numeric / nullif(counted.n_interviewers, 0), 3)::numeric(4, 3)
        as changed_share,
    round(counted.score_mean::numeric, 2)::numeric(4, 2) as score_mean,
    round(counted.score_shift_mean::numeric, 2)::numeric(4, 2) as score_shift_mean,
    round(counted.score_shift_max::numeric, 2)::numeric(4, 2) as score_shift_max,
    'Absolute strictness is known only up to what practice adds between a mock and a later real'
    || ' interview: if candidates gain more than the fit says, companies are harder than they'
    || ' look, and all interviewers more lenient by the same amount' as caveat,
    counted.fit_id,
    clock.as_of
from counted
cross join clock
