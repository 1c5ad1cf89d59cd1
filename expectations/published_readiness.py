"""The candidates' side of the published border: how ready each is for a real interview."""

from __future__ import annotations

from expectations.checks import Suite, between, has_rows, holds, unique

TABLE = "fct_candidate_readiness"


def readiness(schema: str, clock: str) -> Suite:
    """Return the suite of candidates' readiness.

    Parameters
    ----------
    schema : str
        Where the candidate set is.
    clock : str
        The one-row relation that holds ``as_of``.
    """
    query = (
        "select people.*, people.as_of = clock.as_of as is_of_this_run,"
        " people.is_published = (people.pass_prob is not null) as is_prob_where_published,"
        " people.pass_prob_low <= people.pass_prob_high as is_interval_ordered,"
        " people.n_mocks + people.n_real = people.n_judgements as is_mock_or_real"
        f" from {schema}.{TABLE} as people cross join {clock} as clock"
    )
    checks = (
        has_rows("the table has rows", severity="warning"),
        unique(["candidate_id"], "each candidate has one row"),
        holds("is_of_this_run", "every row stands for this run's as_of"),
        between("pass_prob", 0, 1, "a probability of passing lies within 0..1"),
        holds("is_prob_where_published", "a probability is shown exactly where it is published"),
        holds("is_interval_ordered", "an interval has its lower end below its upper"),
        holds("is_mock_or_real", "every judgement is of a mock or of a real interview"),
        between("ability_se", 0, None, "the ability's spread is not negative"),
    )
    return Suite("published", schema, TABLE, query, checks)
