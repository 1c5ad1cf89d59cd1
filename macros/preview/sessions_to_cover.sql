{#- Statements: the mocks that interviewers held in weeks in which they would have been paused, if every
    recommended warning and pause were followed, and how many others had a free slot of that type then.
    A free slot serves one session: of sessions that overlap, each takes one, in order. -#}
{% macro sessions_to_cover() -%}
    {%- set schema = preview_schema() %}
    drop table if exists {{ schema }}.free_slots;
    create table {{ schema }}.free_slots as
    select
        interviewer_id,
        interview_type,
        slot_start_at,
        (date_trunc('week', slot_start_at, 'UTC') at time zone 'UTC')::date as week_date
    from marts.fct_open_slots
    where not is_taken
        and not has_been_asked
        and slot_start_at >= (select min(week_date)::timestamp at time zone 'UTC' from {{ schema }}.standings);
    create index on {{ schema }}.free_slots (interview_type, slot_start_at);
    analyze {{ schema }}.free_slots;

    drop table if exists {{ schema }}.sessions_to_cover;
    create table {{ schema }}.sessions_to_cover as
    with

    paused as (

        select
            policy,
            interviewer_id,
            week_date
        from {{ schema }}.standings
        where is_followed
            and standing = 'paused'

    ),

    handed_over as (

        select distinct
            interview_type,
            (date_trunc('week', slot_start_at, 'UTC') at time zone 'UTC')::date as week_date
        from marts.fct_open_slots

    ),

    left_alone as (

        select
            paused.policy,
            paused.week_date,
            sessions.session_id,
            sessions.interviewer_id,
            sessions.interview_type,
            sessions.session_start_at,
            handed_over.week_date is not null as is_availability_known,
            row_number() over (
                partition by paused.policy, sessions.interview_type
                order by sessions.session_start_at, sessions.session_id
            ) - count(*) over (
                partition by paused.policy, sessions.interview_type
                order by sessions.session_start_at
                range between unbounded preceding and interval '{{ var("slot_minutes") }} minutes' preceding
            ) as place
        from marts.fct_sessions as sessions
        inner join paused
            on sessions.interviewer_id = paused.interviewer_id
                and (date_trunc('week', sessions.session_start_at, 'UTC') at time zone 'UTC')::date = paused.week_date
        left join handed_over
            on sessions.interview_type = handed_over.interview_type
                and paused.week_date = handed_over.week_date
        where sessions.kind = 'mock'
            and sessions.status = 'completed'

    )

    select
        left_alone.*,
        others.n_free,
        case
            when not left_alone.is_availability_known then 'not known'
            when left_alone.place <= others.n_free then 'another could serve'
            else 'unfilled'
        end as cover
    from left_alone
    cross join lateral (
        select count(distinct free_slots.interviewer_id) as n_free
        from {{ schema }}.free_slots as free_slots
        where free_slots.interview_type = left_alone.interview_type
            and free_slots.slot_start_at > left_alone.session_start_at - interval '{{ var("slot_minutes") }} minutes'
            and free_slots.slot_start_at < left_alone.session_start_at + interval '{{ var("slot_minutes") }} minutes'
            and free_slots.interviewer_id <> left_alone.interviewer_id
            and not exists (
                select
                from paused
                where paused.policy = left_alone.policy
                    and paused.interviewer_id = free_slots.interviewer_id
                    and paused.week_date = free_slots.week_date
            )
    ) as others;
{%- endmacro %}
