"""The raw border over time: what came lately, held against what came before.

Nothing here means that a row is wrong; it means that the platform, its form or its export has
changed. So these are warnings, except for a load that rejected most of a table's rows: that is
no hand-over. Each table is read once, in the database, and gives one row of figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from expectations.checks import Check, Suite, between, known_rows
from orchestration.lib.loading.contract import DEFAULT_QUESTIONS, INTERVIEWER_QUESTIONS, contract

RECENT_DAYS = 28
BEFORE_DAYS = 180
# Below this many rows on either side a comparison says nothing.
ENOUGH = 30
# A week with less than half or more than twice the usual number is worth a look.
VOLUME = (0.5, 2.0)
VOLUME_WEEKS = 8
# Shift of a distribution (total variation, 0 to 1) beyond what chance makes likely.
SHIFT = 0.10
# Rise of the share of unanswered items, likewise.
MISSING_RISE = 0.10
FRESH_WITHIN_DAYS = 14
# Companies take their time.
DECIDED_WITHIN_DAYS = 45
REJECTED = 0.01
REJECTED_BLOCKS = 0.5
# Two groups of n and m rows differ by chance: the mean total variation over k values is at most
# sqrt((k - 1) / (2 pi)) sqrt(1 / n + 1 / m), by Jensen and Cauchy-Schwarz. Twice that is allowed.
_CHANCE = "2 * sqrt(({k} - 1) / (2 * pi())) * sqrt(1.0 / {n} + 1.0 / {m})"


@dataclass(frozen=True)
class _Item:
    """A column whose distribution is watched, and the values it takes, as SQL."""

    name: str
    values: tuple[str, ...]


def suites(
    *,
    questions: Sequence[str] = DEFAULT_QUESTIONS,
    rating_min: int = 1,
    rating_max: int = 4,
    clock: str = "run.clock",
) -> list[Suite]:
    """Return the suites that compare the last weeks with those before.

    Parameters
    ----------
    questions : sequence of str
        The candidate form's items.
    rating_min, rating_max : int
        The rating scale.
    clock : str
        The one-row relation that holds ``as_of``.
    """
    scale = tuple(f"{rating}" for rating in range(rating_min, rating_max + 1))
    asked = [_Item(question, scale) for question in questions]
    judged = [_Item("would_advance", ("true", "false"))]
    judged += [_Item(question, scale) for question in INTERVIEWER_QUESTIONS]
    decided = [_Item("advanced", ("true", "false"))]
    return [
        _over_time("sessions", "ended_at", [], clock, FRESH_WITHIN_DAYS),
        _over_time("candidate_feedback", "submitted_at", asked, clock, FRESH_WITHIN_DAYS),
        _over_time("interviewer_feedback", "submitted_at", judged, clock, FRESH_WITHIN_DAYS),
        _over_time("hiring_decisions", "decided_at", decided, clock, DECIDED_WITHIN_DAYS),
        _unknown_words("sessions", "interview_type", "scheduled_at", clock),
        _unknown_words("candidates", "experience_level", "signed_up_at", clock),
        *(_rejections(table.name, clock) for table in contract(questions, rating_min, rating_max)),
    ]


def _over_time(
    table: str, instant: str, items: Sequence[_Item], clock: str, fresh_within: int
) -> Suite:
    week = "days_ago < 7"
    weeks_before = f"days_ago >= 7 and days_ago < {7 * (VOLUME_WEEKS + 1)}"
    counts = [
        "count(*) filter (where is_recent) as n_recent",
        "count(*) filter (where not is_recent) as n_before",
        f"count(*) filter (where {week}) as n_week",
        f"count(*) filter (where {weeks_before}) as n_weeks_before",
        "min(days_ago) as days_since_newest",
    ]
    figures = [
        "days_since_newest",
        f"case when n_weeks_before >= {ENOUGH} then"
        f" n_week * {VOLUME_WEEKS}.0 / n_weeks_before end as week_to_usual_week",
    ]
    checks = [
        _warning("days_since_newest", None, fresh_within,
                 f"the newest of {table} is at most {fresh_within} days older than as_of"),
        _warning("week_to_usual_week", *VOLUME,
                 f"the last week of {table} holds {VOLUME[0]} to {VOLUME[1]} times the usual"),
    ]  # fmt: skip
    for item in items:
        counts += _item_counts(item)
        figures += [_shift(item), _missing_rise(item)]
        checks += [
            _warning(f"{item.name}_shift", None, SHIFT,
                     f"the answers to {item.name} are spread as before"),
            _warning(f"{item.name}_missing_rise", None, MISSING_RISE,
                     f"{item.name} is left out no more often than before"),
        ]  # fmt: skip
    return _suite(table, _lately(table, instant, clock, counts, figures), checks)


def _lately(
    table: str, instant: str, clock: str, counts: Sequence[str], figures: Sequence[str]
) -> str:
    """Write the query of figures over a table's recent rows and those before, in one pass."""
    return f"""
        with
        aged as (
            select rows.*, extract(epoch from clock.as_of - rows.{instant}) / 86400.0 as days_ago
            from {known_rows(table, clock)} as rows cross join {clock} as clock
            where rows.{instant} <= clock.as_of
        ),
        sided as (select *, days_ago < {RECENT_DAYS} as is_recent from aged),
        lately as (
            select {", ".join(counts)} from sided
            where days_ago < {RECENT_DAYS + BEFORE_DAYS}
        )
        select {", ".join(figures)} from lately
    """


def _item_counts(item: _Item) -> list[str]:
    counts = []
    for side, condition in (("recent", "is_recent"), ("before", "not is_recent")):
        counts.append(f"count({item.name}) filter (where {condition}) as {item.name}_{side}")
        counts += [
            f"count(*) filter (where {condition} and {item.name} = {value})"
            f" as {item.name}_{side}_{value}"
            for value in item.values
        ]
    return counts


def _shift(item: _Item) -> str:
    recent, before = f"{item.name}_recent", f"{item.name}_before"
    apart = " + ".join(
        f"abs({recent}_{value} * 1.0 / nullif({recent}, 0)"
        f" - {before}_{value} * 1.0 / nullif({before}, 0))"
        for value in item.values
    )
    chance = _CHANCE.format(
        k=f"{len(item.values)}.0", n=f"nullif({recent}, 0)", m=f"nullif({before}, 0)"
    )
    return (
        f"case when least({recent}, {before}) >= {ENOUGH}"
        f" then ({apart}) / 2 - {chance} end as {item.name}_shift"
    )


def _missing_rise(item: _Item) -> str:
    chance = _CHANCE.format(k="2.0", n="nullif(n_recent, 0)", m="nullif(n_before, 0)")
    return (
        f"case when least(n_recent, n_before) >= {ENOUGH}"
        f" then {item.name}_before * 1.0 / nullif(n_before, 0)"
        f" - {item.name}_recent * 1.0 / nullif(n_recent, 0) - {chance} end"
        f" as {item.name}_missing_rise"
    )


def _unknown_words(table: str, column: str, instant: str, clock: str) -> Suite:
    """Expect no word that first appeared lately on a platform that is older."""
    since = f"clock.as_of - interval '{RECENT_DAYS} days'"
    query = f"""
        with
        words as (
            select known.{column} as word, min(known.{instant}) as first_at
            from {known_rows(table, clock)} as known group by known.{column}
        )
        select count(*) filter (
            where words.word is not null and words.first_at > {since}
                and words.first_at <= clock.as_of
                and (select min(first_at) from words) <= {since}
        ) as new_{column}s
        from words cross join {clock} as clock
    """
    what = f"no {column} appeared in {table} within {RECENT_DAYS} days that was never seen before"
    return _suite(table, query, [_warning(f"new_{column}s", None, 0, what)])


def _rejections(table: str, clock: str) -> Suite:
    """Expect that the newest load of a table put few of its rows into quarantine."""
    query = f"""
        select
            counts.n_quarantined * 1.0 / counts.n_read as rejected_share,
            case when counts.n_read >= {ENOUGH} then counts.n_quarantined * 1.0 / counts.n_read end
                as rejected_share_of_many
        from run.load_counts as counts
        inner join run.loads as loads on loads.load_id = counts.load_id
        inner join {clock} as clock on loads.known_at <= clock.as_of
        where counts.table_name = '{table}' and counts.n_read > 0
        order by loads.load_seq desc limit 1
    """
    checks = (
        _warning("rejected_share", None, REJECTED,
                 f"the newest load put at most {REJECTED:.0%} of {table} into quarantine"),
        between("rejected_share_of_many", None, REJECTED_BLOCKS,
                f"the newest load took up at least {1 - REJECTED_BLOCKS:.0%} of {table}"),
    )  # fmt: skip
    return _suite(table, query, checks)


def _suite(table: str, query: str, checks: Sequence[Check]) -> Suite:
    # Great Expectations takes nothing for a query that does not begin with this word.
    return Suite("raw", "raw", table, f"select * from ({query}) as figures", tuple(checks))


def _warning(column: str, low: float | None, high: float | None, description: str) -> Check:
    return between(column, low, high, description, severity="warning")
