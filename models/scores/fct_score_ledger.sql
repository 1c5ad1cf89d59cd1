-- Only what has changed since the last publication: publishing appends it.
{{ config(meta={'append_only': true}) }}
with

clock as (

    select * from {{ source('run', 'clock') }}

),

publications as (

    select coalesce(max(publication_id), 0) + 1 as publication_id
    from {{ source('run', 'publications') }}

),

new_scores as (

    select * from {{ ref('fct_experience_scores') }}

),

new_factors as (

    select * from {{ ref('fct_experience_factors') }}

),

sessions as (

    select * from {{ ref('int_windows_compared') }}

),

old_scores as (

    {{ published_before('experience_scores_before', ref('fct_experience_scores')) }}

),

old_factors as (

    {{ published_before('experience_factors_before', ref('fct_experience_factors')) }}

),

compared as (

    select
        new_scores.interviewer_id,
        old_scores.as_of as previous_as_of,
        old_scores.experience_score as score_before,
        new_scores.experience_score as score_after,
        new_scores.fit_id
    from new_scores
    inner join old_scores
        on new_scores.interviewer_id = old_scores.interviewer_id
    where new_scores.is_published
        and old_scores.is_published

),

weighed as (

    select
        compared.interviewer_id,
        new_factors.factor,
        coalesce(old_factors.weight, 0) as weight_before,
        new_factors.weight as weight_after
    from compared
    inner join new_factors
        on compared.interviewer_id = new_factors.interviewer_id
    left join old_factors
        on new_factors.interviewer_id = old_factors.interviewer_id
            and new_factors.factor = old_factors.factor

),

-- Whoever's window and weights stand as they stood needs no replay.
moved as (

    select interviewer_id from sessions
    where fate <> 'kept'
        or is_answer_changed
        or is_adjustment_changed
    union
    select interviewer_id from weighed
    where weight_before <> weight_after

),

answers as (

    select
        sessions.interviewer_id,
        sessions.fate,
        weighed.factor,
        (sessions.raw_before ->> weighed.factor)::numeric - sessions.adjustment_before
            as rating_before,
        (sessions.raw_after ->> weighed.factor)::numeric - sessions.adjustment_before
            as rating_corrected,
        (sessions.raw_after ->> weighed.factor)::numeric - sessions.adjustment_after
            as rating_after
    from sessions
    inner join moved
        on sessions.interviewer_id = moved.interviewer_id
    inner join weighed
        on sessions.interviewer_id = weighed.interviewer_id

),

-- The replay: each step changes one thing and leaves what came before it.
replayed as (

    select
        interviewer_id,
        factor,
        round(avg(coalesce(rating_before, rating_after)) filter (
            where fate in ('kept', 'aged', 'withdrawn', 'in')
        ), 2) as mean_with_in,
        round(avg(coalesce(rating_before, rating_after)) filter (
            where fate in ('kept', 'withdrawn', 'in')
        ), 2) as mean_without_aged,
        round(avg(coalesce(rating_corrected, rating_after)) filter (
            where fate in ('kept', 'late', 'in')
        ), 2) as mean_corrected,
        round(avg(rating_after) filter (
            where fate in ('kept', 'late', 'in')
        ), 2) as mean_after
    from answers
    group by 1, 2

),

-- Where a step leaves a factor without an answer, its mean after all steps stands in.
scored as (

    select
        replayed.interviewer_id,
        sum(round(weighed.weight_before * coalesce(mean_with_in, mean_after), 3))
            as score_with_in,
        sum(round(weighed.weight_before * coalesce(mean_without_aged, mean_after), 3))
            as score_without_aged,
        sum(round(weighed.weight_before * coalesce(mean_corrected, mean_after), 3))
            as score_corrected,
        sum(round(weighed.weight_before * mean_after, 3)) as score_adjusted
    from replayed
    inner join weighed
        on replayed.interviewer_id = weighed.interviewer_id
            and replayed.factor = weighed.factor
    group by 1

),

counted as (

    select
        interviewer_id,
        count(*) filter (where fate = 'in')::integer as n_sessions_in,
        count(*) filter (where fate = 'aged')::integer as n_sessions_aged_out,
        count(*) filter (
            where fate in ('late', 'withdrawn') or is_answer_changed
        )::integer as n_sessions_corrected,
        count(*) filter (where is_adjustment_changed)::integer as n_sessions_readjusted
    from sessions
    group by 1

)

select
    compared.interviewer_id,
    publications.publication_id,
    compared.score_before::numeric(7, 3) as score_before,
    compared.score_after::numeric(7, 3) as score_after,
    (compared.score_after - compared.score_before)::numeric(7, 3) as score_change,
    (scored.score_with_in - compared.score_before)::numeric(7, 3) as sessions_in_part,
    (scored.score_without_aged - scored.score_with_in)::numeric(7, 3) as aged_out_part,
    (scored.score_corrected - scored.score_without_aged)::numeric(7, 3) as corrections_part,
    (scored.score_adjusted - scored.score_corrected)::numeric(7, 3) as adjustments_part,
    (compared.score_after - scored.score_adjusted)::numeric(7, 3) as weights_part,
    counted.n_sessions_in,
    counted.n_sessions_aged_out,
    counted.n_sessions_corrected,
    counted.n_sessions_readjusted,
    compared.fit_id,
    compared.previous_as_of,
    clock.as_of
from compared
inner join scored
    on compared.interviewer_id = scored.interviewer_id
inner join counted
    on compared.interviewer_id = counted.interviewer_id
cross join publications
cross join clock
