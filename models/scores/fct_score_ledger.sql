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
    where is_published

),

new_sessions as (

    select * from {{ ref('fct_experience_sessions') }}

),

new_factors as (

    select * from {{ ref('fct_experience_factors') }}

),

ratings as (

    select * from {{ ref('int_ratings_adjusted') }}
    where is_released

),

old_scores as (

    {% if has_published('experience_scores_before') -%}
    select * from {{ source('published', 'experience_scores_before') }}
    where is_published
    {%- else -%}
    select * from {{ ref('fct_experience_scores') }}
    where false
    {%- endif %}

),

old_sessions as (

    {% if has_published('experience_sessions_before') -%}
    select * from {{ source('published', 'experience_sessions_before') }}
    {%- else -%}
    select * from {{ ref('fct_experience_sessions') }}
    where false
    {%- endif %}

),

old_factors as (

    {% if has_published('experience_factors_before') -%}
    select * from {{ source('published', 'experience_factors_before') }}
    {%- else -%}
    select * from {{ ref('fct_experience_factors') }}
    where false
    {%- endif %}

),

compared as (

    select
        new_scores.interviewer_id,
        old_scores.as_of as previous_as_of,
        old_scores.experience_score as score_before,
        new_scores.experience_score as score_after
    from new_scores
    inner join old_scores
        on new_scores.interviewer_id = old_scores.interviewer_id

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

old_kept as (

    select old_sessions.*
    from old_sessions
    inner join compared
        on old_sessions.interviewer_id = compared.interviewer_id

),

new_kept as (

    select
        new_sessions.*,
        compared.previous_as_of
    from new_sessions
    inner join compared
        on new_sessions.interviewer_id = compared.interviewer_id

),

-- What became of each session of either window. Newly visible since the last publication is
-- `in`; one that could have been there before came late; what is still rated but out of the
-- window has aged; the rest was excused or withdrawn.
sessions as (

    select
        coalesce(new_kept.interviewer_id, old_kept.interviewer_id) as interviewer_id,
        coalesce(new_kept.session_id, old_kept.session_id) as session_id,
        case
            when old_kept.session_id is null and new_kept.released_at > new_kept.previous_as_of
                then 'in'
            when old_kept.session_id is null then 'late'
            when new_kept.session_id is not null then 'kept'
            when ratings.session_id is not null then 'aged'
            else 'withdrawn'
        end as fate,
        coalesce(old_kept.raw_ratings <> new_kept.raw_ratings, false) as is_answer_changed,
        old_kept.raw_ratings as raw_before,
        new_kept.raw_ratings as raw_after,
        old_kept.adjustment as adjustment_before,
        new_kept.adjustment as adjustment_after
    from old_kept
    full join new_kept
        on old_kept.interviewer_id = new_kept.interviewer_id
            and old_kept.session_id = new_kept.session_id
    left join ratings
        on old_kept.session_id = ratings.session_id
            and old_kept.interviewer_id = ratings.interviewer_id

),

-- Whoever's window and weights stand as they stood needs no replay.
moved as (

    select interviewer_id from sessions
    where fate <> 'kept'
        or is_answer_changed
        or adjustment_before is distinct from adjustment_after
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

scored as (

    select
        replayed.interviewer_id,
        sum(round(weighed.weight_before * replayed.mean_with_in, 3)) as score_with_in,
        sum(round(weighed.weight_before * replayed.mean_without_aged, 3))
            as score_without_aged,
        sum(round(weighed.weight_before * replayed.mean_corrected, 3)) as score_corrected,
        sum(round(weighed.weight_before * replayed.mean_after, 3)) as score_adjusted
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
        count(*) filter (
            where fate = 'kept' and adjustment_before <> adjustment_after
        )::integer as n_sessions_readjusted
    from sessions
    group by 1

),

parted as (

    select
        compared.interviewer_id,
        compared.previous_as_of,
        compared.score_before,
        compared.score_after,
        scored.score_with_in - compared.score_before as sessions_in_part,
        scored.score_without_aged - scored.score_with_in as aged_out_part,
        scored.score_corrected - scored.score_without_aged as corrections_part,
        scored.score_adjusted - scored.score_corrected as adjustments_part,
        compared.score_after - scored.score_adjusted as weights_part,
        counted.n_sessions_in,
        counted.n_sessions_aged_out,
        counted.n_sessions_corrected,
        counted.n_sessions_readjusted
    from compared
    inner join scored
        on compared.interviewer_id = scored.interviewer_id
    inner join counted
        on compared.interviewer_id = counted.interviewer_id

)

select
    parted.interviewer_id,
    publications.publication_id,
    parted.score_before::numeric(7, 3) as score_before,
    parted.score_after::numeric(7, 3) as score_after,
    (parted.score_after - parted.score_before)::numeric(7, 3) as score_change,
    parted.sessions_in_part::numeric(7, 3) as sessions_in_part,
    parted.aged_out_part::numeric(7, 3) as aged_out_part,
    parted.corrections_part::numeric(7, 3) as corrections_part,
    parted.adjustments_part::numeric(7, 3) as adjustments_part,
    parted.weights_part::numeric(7, 3) as weights_part,
    parted.n_sessions_in,
    parted.n_sessions_aged_out,
    parted.n_sessions_corrected,
    parted.n_sessions_readjusted,
    parted.previous_as_of,
    clock.as_of
from parted
cross join publications
cross join clock
