"""The raw border, where the hand-over is held against what was promised.

The loader has already put bad rows aside, so a value outside the contract here means that the
loader or the table is broken: critical. Volume, gaps, distributions and freshness describe the
platform, not a fault of ours: warnings that people see, and the run goes on. An empty platform
passes with warnings.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.checks import (
    Check,
    Suite,
    aggregate_between,
    between,
    has_rows,
    holds,
    in_set,
    known_rows,
    not_null,
)
from orchestration.lib.loading.contract import DEFAULT_QUESTIONS, INTERVIEWER_QUESTIONS, contract

# The values that the contract knows, by table and column.
CHOICES = {
    (table.name, column.name): column.choices
    for table in contract()
    for column in table.columns
    if column.choices
}

# A platform that was handed over two weeks late still scores the same window of sessions;
# beyond that, "now" on the screens stands for something else.
FRESH_WITHIN_DAYS = 14
# A feedback item that most candidates skip is no longer a factor of its own.
ITEM_ANSWERED = 0.8
# Ratings are inflated, so the top answer is common; hardly any of them means a turned-around
# scale, nothing else means that the form does not discriminate.
TOP_SHARE = (0.10, 0.97)
# Verdicts all alike carry no information about anybody's bar.
YES_SHARE = (0.05, 0.95)


def suites(
    *,
    questions: Sequence[str] = DEFAULT_QUESTIONS,
    rating_min: int = 1,
    rating_max: int = 4,
    clock: str = "run.clock",
) -> list[Suite]:
    """Return the suites of the raw border, one for each table of the main path.

    Parameters
    ----------
    questions : sequence of str
        The candidate form's items, as the seed ``experience_factors`` lists them.
    rating_min, rating_max : int
        The rating scale (dbt vars of the same names).
    clock : str
        The one-row relation that holds ``as_of``; freshness is measured from it.
    """
    return [
        _interviewers(clock),
        _candidates(clock),
        _sessions(clock),
        _candidate_feedback(questions, rating_min, rating_max, clock),
        _interviewer_feedback(rating_min, rating_max, clock),
        _hiring_decisions(clock),
    ]


def _suite(table: str, columns: Sequence[str], checks: Sequence[Check], clock: str) -> Suite:
    query = (
        f"select {', '.join(columns)} from {known_rows(table, clock)} as known"
        f" cross join {clock} as clock"
    )
    return Suite("raw", "raw", table, query, tuple(checks))


def _days_before(instant: str) -> str:
    return f"extract(epoch from clock.as_of - {instant}) / 86400.0"


def _fresh(column: str, what: str) -> Check:
    # Rows later than `as_of` are normal in a run as of an earlier day, hence no lower bound.
    description = f"the newest {what} is at most {FRESH_WITHIN_DAYS} days older than as_of"
    return aggregate_between(
        "min", column, None, FRESH_WITHIN_DAYS, description, severity="warning"
    )


def _interviewers(clock: str) -> Suite:
    columns = ["joined_at", "employer_tier", "years_experience", "interviews_conducted"]
    checks = [
        has_rows("there are interviewers", severity="warning"),
        not_null("joined_at", "every interviewer has a joining date"),
        in_set(
            "employer_tier",
            CHOICES["interviewers", "employer_tier"],
            "the employer tier is one of the contract's",
        ),
        between("years_experience", 0, 60, "years of experience are plausible", severity="warning"),
        between(
            "interviews_conducted",
            0,
            10_000,
            "interviews held before joining are plausible",
            severity="warning",
        ),
        not_null(
            "employer_tier", "most interviewers name their employer", mostly=0.5, severity="info"
        ),
    ]
    return _suite("interviewers", columns, checks, clock)


def _candidates(clock: str) -> Suite:
    checks = [
        has_rows("there are candidates", severity="warning"),
        not_null("signed_up_at", "every candidate has a sign-up date"),
        not_null(
            "experience_level",
            "most candidates state their experience",
            mostly=0.5,
            severity="info",
        ),
    ]
    return _suite("candidates", ["signed_up_at", "experience_level"], checks, clock)


def _sessions(clock: str) -> Suite:
    columns = [
        "kind",
        "status",
        "interview_type",
        "case when status = 'completed' then 1.0 else 0.0 end as completed_share",
        "status <> 'completed' or ended_at is not null as has_end_if_completed",
        "kind <> 'real' or company_id is not null as has_company_if_real",
        "kind <> 'mock' or interviewer_id is not null as has_interviewer_if_mock",
        f"case when ended_at is not null then {_days_before('ended_at')} end as days_since_end",
    ]
    checks = [
        has_rows("there are sessions", severity="warning"),
        in_set("kind", CHOICES["sessions", "kind"], "a session is mock or real"),
        in_set("status", CHOICES["sessions", "status"], "the status is one of the contract's"),
        not_null("interview_type", "every session has an interview type"),
        holds("has_company_if_real", "a real session names the company"),
        holds("has_interviewer_if_mock", "a mock session names the interviewer"),
        holds(
            "has_end_if_completed",
            "completed sessions have an end (95 % of all sessions or more)",
            mostly=0.95,
            severity="warning",
        ),
        aggregate_between(
            "mean",
            "completed_share",
            0.5,
            None,
            "at least half of the sessions were held to the end",
            severity="warning",
        ),
        _fresh("days_since_end", "finished session"),
    ]
    return _suite("sessions", columns, checks, clock)


def _candidate_feedback(
    questions: Sequence[str], rating_min: int, rating_max: int, clock: str
) -> Suite:
    top_shares = [
        f"case when {question} is not null then"
        f" case when {question} = {rating_max} then 1.0 else 0.0 end end as {question}_top_share"
        for question in questions
    ]
    days = f"{_days_before('submitted_at')} as days_since_submission"
    checks = [
        has_rows("there is candidate feedback", severity="warning"),
        _fresh("days_since_submission", "candidate form"),
    ]
    for question in questions:
        checks += _rating(question, rating_min, rating_max)
        checks.append(
            aggregate_between(
                "mean",
                f"{question}_top_share",
                *TOP_SHARE,
                f"the share of top ratings in {question} lies within {TOP_SHARE}",
                severity="warning",
            )
        )
    columns = [*questions, *top_shares, days]
    return _suite("candidate_feedback", columns, checks, clock)


def _rating(item: str, rating_min: int, rating_max: int) -> list[Check]:
    return [
        between(item, rating_min, rating_max, f"{item} lies on {rating_min}..{rating_max}"),
        not_null(
            item,
            f"{item} is answered in {ITEM_ANSWERED:.0%} of the forms or more",
            mostly=ITEM_ANSWERED,
            severity="warning",
        ),
    ]


def _yes_share(column: str, what: str) -> Check:
    return aggregate_between(
        "mean",
        column,
        *YES_SHARE,
        f"the share of {what} lies within {YES_SHARE}",
        severity="warning",
    )


def _interviewer_feedback(rating_min: int, rating_max: int, clock: str) -> Suite:
    yes = "case would_advance when true then 1.0 when false then 0.0 end as yes_share"
    checks = [
        has_rows("there is interviewer feedback", severity="warning"),
        not_null("would_advance", "every interviewer form holds a verdict"),
        _yes_share("yes_share", "positive verdicts"),
    ]
    for item in INTERVIEWER_QUESTIONS:
        checks += _rating(item, rating_min, rating_max)
    return _suite(
        "interviewer_feedback", ["would_advance", yes, *INTERVIEWER_QUESTIONS], checks, clock
    )


def _hiring_decisions(clock: str) -> Suite:
    advanced = "case advanced when true then 1.0 when false then 0.0 end as advanced_share"
    checks = [
        # The table is optional: the verdict of the real session stands in.
        has_rows("companies' decisions are handed over", severity="info"),
        not_null("advanced", "every decision says whether the candidate advanced"),
        _yes_share("advanced_share", "positive company decisions"),
    ]
    return _suite("hiring_decisions", ["advanced", advanced], checks, clock)
