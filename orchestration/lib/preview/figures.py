"""What a preview shows, read from the schema ``preview`` beside the published tables."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]

SAME_AS_PUBLISHED = """
    with published as (
        select *
        from policy.fct_standing_history
        where week_date > (
            select max(week_date) - 7 * (select count(distinct week_date)::integer
                from preview.evaluations_today)
            from policy.fct_standing_history
        )
    )
    select count(*) as n,
        count(*) filter (where is_same) as n_same,
        min(week_date) filter (where not is_same) as first_other
    from (
        select published.week_date,
            replayed.interviewer_id is not null
            and (
                replayed.standing, replayed.recommended, replayed.recommended_for,
                replayed.is_counted
            ) is not distinct from (
                published.standing, published.recommended, published.recommended_for,
                published.is_counted
            ) as is_same
        from published
        left join preview.standings as replayed
            on replayed.policy = 'today' and not replayed.is_followed
            and replayed.interviewer_id = published.interviewer_id
            and replayed.week_date = published.week_date
    ) as compared"""

WEEKS = """
    select min(week_date) as first_week, max(week_date) as last_week,
        count(distinct interviewer_id) as n_interviewers, count(*) as n_evaluations
    from preview.standings
    where policy = 'today' and not is_followed"""

STANDINGS = """
    select names.standing,
        count(*) filter (where standings.policy = 'today') as now,
        count(*) filter (where standings.policy = 'previewed') as previewed
    from unnest(array['new', 'good', 'watch', 'warned', 'paused'])
        with ordinality as names (standing, place)
    left join preview.standings
        on standings.standing = names.standing
        and standings.is_followed = %(is_followed)s
        and standings.week_date = (select max(newest.week_date) from preview.standings as newest)
    group by names.standing, names.place
    order by names.place"""

# A recommendation that stands for weeks is made once.
RECOMMENDED = """
    select recommended, recommended_for,
        count(*) filter (where policy = 'today') as now,
        count(*) filter (where policy = 'previewed') as previewed
    from preview.standings
    where is_followed = %(is_followed)s
        and recommended is not null
        and recommended_since = week_date::timestamp at time zone 'UTC'
    group by recommended, recommended_for
    order by array_position(array['outreach', 'warn', 'pause', 'reinstate'], recommended),
        recommended_for"""

# One row per interviewer whose standing or recommendation differs in a week; those first whom it
# is about to pause, or not to.
FLIPS = """
    with differs as (
        select interviewer_id, week_date,
            today.standing, today.recommended, today.recommended_for,
            previewed.standing as standing_previewed,
            previewed.recommended as recommended_previewed,
            previewed.recommended_for as recommended_for_previewed
        from preview.standings as today
        inner join preview.standings as previewed using (interviewer_id, week_date)
        where today.policy = 'today' and previewed.policy = 'previewed'
            and not today.is_followed and not previewed.is_followed
            and (today.standing, today.recommended, today.recommended_for)
            is distinct from
            (previewed.standing, previewed.recommended, previewed.recommended_for)
    ),
    people as (
        select interviewer_id,
            min(week_date) filter (where policy = 'today' and not is_followed
                and recommended = 'warn') as warning_now,
            min(week_date) filter (where policy = 'previewed' and not is_followed
                and recommended = 'warn') as warning_previewed,
            min(week_date) filter (where policy = 'today' and not is_followed
                and recommended = 'pause') as pause_now,
            min(week_date) filter (where policy = 'previewed' and not is_followed
                and recommended = 'pause') as pause_previewed,
            min(week_date) filter (where policy = 'today' and is_followed
                and standing = 'paused') as paused_if_followed_now,
            min(week_date) filter (where policy = 'previewed' and is_followed
                and standing = 'paused') as paused_if_followed_previewed,
            max(standing) filter (where policy = 'today' and not is_followed
                and week_date = (select max(w.week_date) from preview.standings as w))
                as standing_now_at_end,
            max(standing) filter (where policy = 'previewed' and not is_followed
                and week_date = (select max(w.week_date) from preview.standings as w))
                as standing_previewed_at_end
        from preview.standings
        group by interviewer_id
    ),
    left_alone as (
        select interviewer_id,
            count(*) filter (where policy = 'today') as n_sessions_to_cover_now,
            count(*) filter (where policy = 'previewed') as n_sessions_to_cover_previewed,
            count(*) filter (where policy = 'today' and cover = 'unfilled') as n_unfilled_now,
            count(*) filter (where policy = 'previewed' and cover = 'unfilled')
                as n_unfilled_previewed
        from preview.sessions_to_cover
        group by interviewer_id
    )
    select people.interviewer_id, first.week_date as first_week_different,
        first.standing as standing_now, first.recommended as recommended_now,
        first.recommended_for as recommended_for_now, first.standing_previewed,
        first.recommended_previewed, first.recommended_for_previewed,
        people.standing_now_at_end, people.standing_previewed_at_end,
        people.warning_now, people.warning_previewed, people.pause_now, people.pause_previewed,
        people.paused_if_followed_now, people.paused_if_followed_previewed,
        coalesce(left_alone.n_sessions_to_cover_now, 0) as n_sessions_to_cover_now,
        coalesce(left_alone.n_sessions_to_cover_previewed, 0) as n_sessions_to_cover_previewed,
        coalesce(left_alone.n_unfilled_now, 0) as n_unfilled_now,
        coalesce(left_alone.n_unfilled_previewed, 0) as n_unfilled_previewed
    from people
    left join (
        select distinct on (interviewer_id) * from differs order by interviewer_id, week_date
    ) as first on first.interviewer_id = people.interviewer_id
    left join left_alone on left_alone.interviewer_id = people.interviewer_id
    where first.interviewer_id is not null
        or people.paused_if_followed_now is distinct from people.paused_if_followed_previewed
    order by
        ((people.pause_now is null) = (people.pause_previewed is null)
            and (people.paused_if_followed_now is null)
            = (people.paused_if_followed_previewed is null)),
        ((people.warning_now is null) = (people.warning_previewed is null)),
        first.week_date, people.interviewer_id"""

COVER = """
    select interview_type, cover,
        count(*) filter (where policy = 'today') as now,
        count(*) filter (where policy = 'previewed') as previewed
    from preview.sessions_to_cover
    group by interview_type, cover
    order by interview_type, cover"""


def rows(connection: psycopg.Connection, query: str, **values: object) -> list[Row]:
    """Read every row of a query."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values or None).fetchall()


def one(connection: psycopg.Connection, query: str, **values: object) -> Row:
    """Read the one row of a query."""
    return rows(connection, query, **values)[0]
